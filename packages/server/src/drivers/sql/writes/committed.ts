import type { Committed } from '../../../ports/store.ts'

/** What a repeat answers, and a write that changes nothing. */
export const nothingNew: Committed = {
  status: 'committed',
  fresh: false,
  events: [],
  receipts: [],
  userChanges: [],
}
