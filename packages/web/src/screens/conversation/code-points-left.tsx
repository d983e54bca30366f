/** Shows itself when so few are left, or a quarter of a small bound. */
const shownFrom = 300

/** How much more fits into a message, in code points, as the server counts. */
export function CodePointsLeft({ left, max }: { left: number; max: number }) {
  if (left > Math.min(shownFrom, max / 4)) return null
  return (
    <span
      role="status"
      className={`tabular-nums ${left < 0 ? 'font-semibold text-danger' : 'text-ink-faint'}`}
    >
      {left >= 0 ? `${left} left` : `${-left} too many`}
    </span>
  )
}
