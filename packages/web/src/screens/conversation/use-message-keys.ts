import type { KeyboardEvent, RefObject } from 'react'
import { focusComposer } from './message-actions.ts'

/**
 * The keyboard's way among messages: the arrow keys move the focus from one to the next, Enter or the menu
 * key opens what can be done, Escape (and Down from the last) goes back to the composer. From the list
 * itself the first step is to the last message in view.
 */
export function useMessageKeys(
  scroller: RefObject<HTMLElement | null>,
  openMenu: (seq: number) => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    const list = scroller.current
    if (!list || !(event.target instanceof HTMLElement)) return
    const focused = event.target.closest<HTMLElement>(messageRow)
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const rows = [...list.querySelectorAll<HTMLElement>(messageRow)]
      const at = focused ? rows.indexOf(focused) + (event.key === 'ArrowUp' ? -1 : 1) : lastInView(list, rows)
      event.preventDefault()
      if (at >= rows.length) focusComposer()
      rows[at]?.focus({ preventScroll: true })
      rows[at]?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Escape') {
      event.preventDefault()
      focusComposer()
    } else if (focused && event.target === focused && isMenuKey(event)) {
      event.preventDefault()
      openMenu(Number(focused.dataset.seq))
    }
  }
}

const messageRow = 'article[data-seq]'

const isMenuKey = ({ key, shiftKey }: KeyboardEvent): boolean =>
  key === 'Enter' || key === 'ContextMenu' || (key === 'F10' && shiftKey)

function lastInView(list: HTMLElement, rows: HTMLElement[]): number {
  const { bottom } = list.getBoundingClientRect()
  return rows.findLastIndex((row) => row.getBoundingClientRect().top < bottom - 8)
}
