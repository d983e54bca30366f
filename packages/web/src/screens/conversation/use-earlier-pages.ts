import { type RefObject, useEffect } from 'react'

/** Nearer to the start than this asks for the page before: a screen or two ahead of the reader. */
const earlierPx = 1_200

/**
 * Asks for earlier pages as the reader comes near the start, and while there is too little to scroll.
 * Asking again when there is none is up to `loadEarlier` to ignore.
 */
export function useEarlierPages(
  scroller: RefObject<HTMLElement | null>,
  { isReady, loadEarlier }: { isReady: boolean; loadEarlier: () => void },
): void {
  useEffect(() => {
    // Looked at anew when a page may be asked for again: the reader may have come near the start before.
    if (!isReady) return
    const element = scroller.current
    if (!element) return
    const look = () => {
      // A list of no height has not been laid out yet.
      if (element.scrollTop < earlierPx && element.scrollHeight > 0) loadEarlier()
    }
    look()
    const observer = new ResizeObserver(look)
    for (const box of element.children) observer.observe(box)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroller, isReady, loadEarlier])
}
