/** Times as a reader of this browser's language and zone writes them. Formatters are costly: made once. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' })
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const yearDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const longDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

const dayMs = 86_400_000

export const clockTime = (at: string): string => clock.format(new Date(at))
export const exactTime = (at: string): string => exact.format(new Date(at))

/** The local day, as a key: `2026-11-21`. */
export function dayKey(at: string): string {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

const daysAgo = (at: string, nowMs: number): number => {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((midnight(nowMs) - midnight(Date.parse(at))) / dayMs)
}

/** In a list: the clock today, then the weekday, then the date. */
export function listTime(at: string, nowMs: number): string {
  const days = daysAgo(at, nowMs)
  if (days <= 0) return clock.format(new Date(at))
  if (days === 1) return relative.format(-1, 'day')
  if (days < 7) return weekday.format(new Date(at))
  return (days < 300 ? shortDate : yearDate).format(new Date(at))
}

/** Between two days of a conversation. */
export function dayName(at: string, nowMs: number): string {
  const days = daysAgo(at, nowMs)
  if (days === 0 || days === 1) return capitalised(relative.format(-days, 'day'))
  return (days < 300 ? longDay : longDate).format(new Date(at))
}

export function timeAgo(at: string, nowMs: number): string {
  const minutes = Math.round((nowMs - Date.parse(at)) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return relative.format(-minutes, 'minute')
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), 'hour')
  return relative.format(-Math.round(minutes / 60 / 24), 'day')
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1)
