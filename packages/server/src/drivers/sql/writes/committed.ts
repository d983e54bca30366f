import type { Committed } from '../../../ports/writes.ts'

/** What a repeat answers, and a write that changes nothing. */
export const nothingNew: Committed = {
  status: 'committed',
  fresh: false,
  events: [],
  receipts: [],
  userChanges: [],
}
