import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'

/** Nearer to the end than this counts as being there. */
const endPx = 48
/** Rows that haven't changed size for so long have been measured. */
const settleMs = 120

/**
 * `mark`: the place to begin reading from stands at the top, until the reader moves.
 * `end`: the last of the content stands at the bottom, until the reader scrolls up.
 * `free`: the reader is somewhere else, and is left there.
 */
type Hold = 'mark' | 'end' | 'free'

interface StickOptions {
  /** Where to begin, when it lies further up than a view from the end: a selector, and whether to expect it. */
  mark: string
  beginAtMark: boolean
  /** The true mark isn't loaded yet: until then neither it nor the end is the place. */
  finding: boolean
}

interface Stick {
  /** The end is in view, so what comes is seen. */
  atEnd: boolean
  /** The reader is elsewhere: not so while the place to begin is still being found. */
  away: boolean
  toEnd: () => void
  /** Lets go: from here on the list is scrolled by somebody else. */
  release: () => void
}

/**
 * Holds a scrolling element where it should be while its content or itself changes size.
 *
 * The content is a virtual list, whose height is a guess until its rows have been measured: so the place
 * is sought again at each change of size, and of the scroll events only an offset that shrinks although
 * the height didn't is the reader's.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  { mark, beginAtMark, finding }: StickOptions,
): Stick {
  const [atEnd, setAtEnd] = useState(!beginAtMark)
  const [settled, setSettled] = useState(false)
  const hold = useRef<Hold>(beginAtMark ? 'mark' : 'end')
  const stillFinding = useRef(finding)
  useLayoutEffect(() => {
    stillFinding.current = finding
  })

  const toEnd = useCallback(() => {
    hold.current = 'end'
    setAtEnd(true)
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [scroller])

  const release = useCallback(() => {
    hold.current = 'free'
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    let before = { offset: 0, height: 0 }
    const isNearEnd = () => element.scrollHeight - element.clientHeight - element.scrollTop < endPx

    const place = () => {
      if (hold.current === 'free') return
      const begin = hold.current === 'mark' ? element.querySelector(mark) : null
      const above = begin ? begin.getBoundingClientRect().top - element.getBoundingClientRect().top : 0
      const below = element.scrollHeight - element.scrollTop - above
      if (hold.current === 'end') toEnd()
      else if (begin && below > element.clientHeight) element.scrollTop += above
      else element.scrollTop = element.scrollHeight
    }
    // Where all that is unread fits, the end is the place.
    const settle = () => {
      if (stillFinding.current || !element.querySelector('article')) return
      if (hold.current === 'mark' && isNearEnd()) toEnd()
      setSettled(true)
    }
    let settling: ReturnType<typeof setTimeout> | undefined
    const onResize = () => {
      place()
      clearTimeout(settling)
      settling = setTimeout(settle, settleMs)
    }
    const onScroll = () => {
      const { scrollTop: offset, scrollHeight: height } = element
      const scrolledUp = offset < before.offset && height >= before.height
      before = { offset, height }
      if (hold.current === 'mark') return
      if (isNearEnd()) hold.current = 'end'
      else if (scrolledUp) hold.current = 'free'
      setAtEnd(hold.current === 'end')
    }
    const onReader = () => {
      if (hold.current === 'mark') hold.current = isNearEnd() ? 'end' : 'free'
    }

    const observer = new ResizeObserver(onResize)
    for (const box of [element, ...element.children]) observer.observe(box)
    element.addEventListener('scroll', onScroll, { passive: true })
    for (const type of readerEvents) element.addEventListener(type, onReader, { passive: true })
    return () => {
      observer.disconnect()
      clearTimeout(settling)
      element.removeEventListener('scroll', onScroll)
      for (const type of readerEvents) element.removeEventListener(type, onReader)
    }
  }, [scroller, mark, toEnd])

  return { atEnd, away: settled && !atEnd, toEnd, release }
}

/** By these a reader moves; a scroll event alone may be the list's own. */
const readerEvents = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
