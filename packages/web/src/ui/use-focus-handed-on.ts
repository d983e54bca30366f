import { type RefObject, useLayoutEffect } from 'react'

/**
 * When something that has the focus goes, what it stood in has it, so that it never falls back to the page.
 */
export function useFocusHandedOn(gone: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = gone.current
    return () => {
      if (element?.contains(document.activeElement)) element.closest<HTMLElement>('[data-part]')?.focus()
    }
  }, [gone])
}
