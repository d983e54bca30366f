import type { Timeline } from '@confab/client/timeline'

/** A timeline as a reader sees it: the texts, those on their way with their state before them. */
export const textsOf = (timeline: Timeline): string[] =>
  timeline.items.map((item) => (item.status === 'sent' ? item.message.text : `${item.status}: ${item.text}`))
