import type { Event } from '@confab/protocol/event'
import { fitting, jsonBytes, ReplyBudget } from './fitting.ts'

/** Of the longest texts, 2 MB; of usual ones all that is mostly asked for. */
const firstStep = 100

export interface EventsPage {
  events: Event[]
  head: number
}

/**
 * The events after a seq, contiguous: as many as are asked for and fit into a reply. They are read in steps, of
 * as many as those before let expect to fit: 500 of the longest texts are 10 MB, read and held for nothing.
 */
export async function readFittingEvents(
  read: (range: { after: number; limit: number }) => Promise<EventsPage>,
  { after, limit }: { after: number; limit: number },
  budget = new ReplyBudget(),
): Promise<EventsPage> {
  const all: EventsPage = { events: [], head: 0 }
  for (let step = firstStep; ; ) {
    const asked = Math.min(step, limit - all.events.length)
    const { events, head } = await read({ after: all.events.at(-1)?.seq ?? after, limit: asked })
    const told = fitting(events, budget)
    all.events.push(...told)
    // Copies of the database have come further or less far.
    all.head = Math.max(all.head, head)
    if (told.length < asked || all.events.length === limit) return all
    const bytesEach = jsonBytes(told) / told.length
    step = Math.max(1, Math.floor(budget.left / bytesEach))
  }
}
