import { type RefObject, useEffect } from 'react'

/** Nearer to an edge than this asks for the page beyond it: a screen or two ahead of the reader. */
const aheadPx = 1_200

interface MorePages {
  /** A page may be asked for: none is on its way. */
  isReady: boolean
  loadEarlier: () => void
  /** Undefined where the list ends with the latest message. */
  loadLater: (() => void) | undefined
}

/**
 * Asks for pages as the reader comes near the edge of what is held, and while there is too little to scroll.
 */
export function useMorePages(
  scroller: RefObject<HTMLElement | null>,
  { isReady, loadEarlier, loadLater }: MorePages,
): void {
  useEffect(() => {
    // Looked at anew when a page may be asked for again: the reader may have come near the edge before.
    const element = scroller.current
    if (!isReady || !element) return
    const look = () => {
      const { scrollTop, scrollHeight, clientHeight } = element
      // A list of no height has not been laid out yet.
      if (scrollHeight === 0) return
      if (scrollTop < aheadPx) loadEarlier()
      if (scrollHeight - clientHeight - scrollTop < aheadPx) loadLater?.()
    }
    look()
    const observer = new ResizeObserver(look)
    for (const box of element.children) observer.observe(box)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroller, isReady, loadEarlier, loadLater])
}
