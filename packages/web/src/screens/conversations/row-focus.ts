const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-conversation-row]')]

export const firstRow = (): HTMLElement | undefined => rows()[0]

/** The row that is open, else the first: where the keyboard comes back to from a conversation. */
export const currentRow = (): HTMLElement | undefined =>
  rows().find((row) => row.getAttribute('aria-current') === 'page') ?? firstRow()

/** Moves the focus among the rows as the keys say; false when the key isn't one of theirs. */
export function moveFocus(key: string): boolean {
  const all = rows()
  const focused = document.activeElement
  const at = focused instanceof HTMLElement ? all.indexOf(focused) : -1
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key]
  if (to === undefined) return false
  all[Math.min(Math.max(to, 0), all.length - 1)]?.focus()
  return true
}
