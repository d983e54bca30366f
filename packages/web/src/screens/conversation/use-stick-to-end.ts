import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'

/** Nearer to the end than this counts as being there. */
const endPx = 48

/**
 * Keeps a scrolling element at its end while its content or itself changes size, from the start until the
 * reader scrolls up, and again once they have come back.
 *
 * The content is a virtual list, whose height is a guess until its rows have been measured: so the end is
 * sought at each change of size, and only an offset that shrinks although the height didn't is the reader's.
 */
export function useStickToEnd(scroller: RefObject<HTMLElement | null>): {
  atEnd: boolean
  toEnd: () => void
} {
  const [atEnd, setAtEnd] = useState(true)
  const sticking = useRef(true)
  const before = useRef({ offset: 0, height: 0 })

  const toEnd = useCallback(() => {
    sticking.current = true
    setAtEnd(true)
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const onScroll = () => {
      const { scrollTop: offset, scrollHeight: height, clientHeight } = element
      const scrolledUp = offset < before.current.offset && height >= before.current.height
      if (height - clientHeight - offset < endPx) sticking.current = true
      else if (scrolledUp) sticking.current = false
      before.current = { offset, height }
      setAtEnd(sticking.current)
    }
    const observer = new ResizeObserver(() => {
      if (sticking.current) toEnd()
    })
    for (const box of [element, ...element.children]) observer.observe(box)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [scroller, toEnd])

  return { atEnd, toEnd }
}
