import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'

/** Nearer to the end than this counts as being there. */
const endPx = 48
/**
 * So long after what a reader does, it is the reader who scrolls:
 * smooth scrolling begins late on a busy machine.
 */
const readerMs = 1_500
/** Rows that haven't changed size for so many frames have been measured, however slow the machine is. */
const settleFrames = 8
/** The end has been in view for so many frames: then the reader is there. */
const arrivalFrames = 2

/**
 * `mark`: the place to begin reading from stands at the top, until the reader moves.
 * `end`: the last of the content stands at the bottom, until the reader scrolls up.
 * `free`: the reader is somewhere else, and is left there.
 */
type Hold = 'mark' | 'end' | 'free'

interface StickOptions {
  /**
   * Where to begin, when it lies further up than a view from the end: a selector, and whether to expect it.
   */
  mark: string
  begin: Hold
  /** The true mark isn't loaded yet: until then neither it nor the end is the place. */
  finding: boolean
  /** The list goes on below what is held, so that its end is no place to stay at. */
  endsLater: boolean
}

interface Stick {
  /** The end is in view, so what comes is seen. */
  atEnd: boolean
  /** The reader is elsewhere: not so while the place to begin is still being found. */
  away: boolean
  toEnd: () => void
  /** Lets go: from here on the list is scrolled by somebody else. */
  release: () => void
  /**
   * What scrolls the list next is the reader's doing, though it comes later than the key that was pressed.
   */
  byReader: () => void
}

/**
 * Holds a scrolling element where it should be while its content or itself changes size.
 *
 * The content is a virtual list, whose height is a guess until its rows have been measured: so the place
 * is sought again at each change of size, and of the scroll events only those are the reader's that follow
 * upon something that a reader does.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  { mark, begin, finding, endsLater }: StickOptions,
): Stick {
  const [atEnd, setAtEnd] = useState(begin === 'end')
  const [settled, setSettled] = useState(false)
  const hold = useRef<Hold>(begin)
  const stillFinding = useRef(finding)
  const isOpenEnded = useRef(endsLater)
  const readerUntilMs = useRef(0)
  useLayoutEffect(() => {
    stillFinding.current = finding
    isOpenEnded.current = endsLater
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

  const byReader = useCallback(() => {
    readerUntilMs.current = performance.now() + readerMs
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    let lastOffset = 0
    const isNearEnd = () => element.scrollHeight - element.clientHeight - element.scrollTop < endPx

    /** How far below the top of the view the mark stands; undefined where all that follows it fits. */
    const markBelow = () => {
      const begin = element.querySelector(mark)
      if (!begin) return undefined
      const top = begin.getBoundingClientRect().top - element.getBoundingClientRect().top
      const fits = element.scrollHeight - element.scrollTop - top <= element.clientHeight
      return fits ? undefined : top
    }
    const place = () => {
      if (hold.current === 'free') return
      const top = hold.current === 'mark' ? markBelow() : undefined
      if (top !== undefined) element.scrollTop += top
      else if (hold.current === 'end') toEnd()
      else element.scrollTop = element.scrollHeight
    }
    // Where all that is unread fits, the end is the place.
    const settle = () => {
      if (stillFinding.current || !element.querySelector('article')) return
      if (hold.current === 'mark' && markBelow() === undefined) toEnd()
      setSettled(true)
    }
    let frame = 0
    const settleIn = (frames: number) => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => (frames > 0 ? settleIn(frames - 1) : settle()))
    }
    const onResize = () => {
      place()
      settleIn(settleFrames)
    }
    const onScroll = () => {
      const up = element.scrollTop < lastOffset
      lastOffset = element.scrollTop
      if (hold.current === 'mark') return
      if (hold.current === 'free' && isNearEnd() && !isOpenEnded.current) arriveIn(arrivalFrames)
      else if (up && !isNearEnd() && performance.now() < readerUntilMs.current) hold.current = 'free'
      setAtEnd(hold.current === 'end')
    }
    // While a page is put in above, the offset moves before the height does:
    // for a frame that looks like the end.
    let arrival = 0
    const arriveIn = (frames: number) => {
      cancelAnimationFrame(arrival)
      arrival = requestAnimationFrame(() => {
        if (hold.current !== 'free' || !isNearEnd()) return
        if (frames > 0) return arriveIn(frames - 1)
        hold.current = 'end'
        setAtEnd(true)
      })
    }
    const onReader = ({ type }: Event) => {
      // A scrollbar that is dragged says when that begins, but in some browsers not when it ends.
      readerUntilMs.current = type === 'pointerdown' ? Number.POSITIVE_INFINITY : performance.now() + readerMs
      if (hold.current === 'mark') hold.current = isNearEnd() && !isOpenEnded.current ? 'end' : 'free'
    }

    const observer = new ResizeObserver(onResize)
    for (const box of [element, ...element.children]) observer.observe(box)
    element.addEventListener('scroll', onScroll, { passive: true })
    for (const type of readerEvents) element.addEventListener(type, onReader, { passive: true })
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
      cancelAnimationFrame(arrival)
      element.removeEventListener('scroll', onScroll)
      for (const type of readerEvents) element.removeEventListener(type, onReader)
    }
  }, [scroller, mark, toEnd])

  return { atEnd, away: settled && !atEnd, toEnd, release, byReader }
}

/** By these a reader moves; a scroll event alone may be the list's own. */
const readerEvents = ['wheel', 'touchmove', 'pointerdown', 'pointerup', 'keydown'] as const
