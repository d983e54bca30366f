import { rowOf } from './message-actions.ts'

/**
 * A row that has just come into the page is hidden until it has been measured, and a hidden one takes no
 * focus; a panel that one comes from keeps the page from it for some frames after it has gone out of sight.
 */
const focusFrames = 30

interface FocusOptions {
  /** Asked before each try: the reader may have gone elsewhere meanwhile. */
  isWanted?: () => boolean
  onFocused?: (row: HTMLElement) => void
}

/** Gives a message's row the focus as soon as the page lets it, without scrolling. */
export function focusRow(seq: number, options: FocusOptions = {}, frames = focusFrames): void {
  if (options.isWanted?.() === false) return
  const row = rowOf(seq)
  row?.focus({ preventScroll: true })
  if (row && document.activeElement === row) options.onFocused?.(row)
  else if (frames > 0) requestAnimationFrame(() => focusRow(seq, options, frames - 1))
}
