import type { TimelineItem } from '@confab/client/timeline'
import { dayKey } from '../../state/times.ts'

/** What the list shows, one below the other. Keys stay as messages are sent, loaded and changed. */
export type Row =
  | { kind: 'beginning'; key: string }
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; item: TimelineItem; opensGroup: boolean; closesGroup: boolean }

interface RowsOptions {
  hasEarlier: boolean
  myId: string | undefined
  /** The divider stands before the first message of somebody else after this seq. */
  unreadAfter: number | undefined
}

/** Messages of one person within this time stand together under one name. */
const groupMs = 5 * 60_000

export function rowsOf(
  items: readonly TimelineItem[],
  { hasEarlier, myId, unreadAfter }: RowsOptions,
): Row[] {
  const rows: Row[] = hasEarlier ? [] : [{ kind: 'beginning', key: 'beginning' }]
  let dividerDue = unreadAfter !== undefined
  let before: TimelineItem | undefined
  let group: Extract<Row, { kind: 'message' }> | undefined
  for (const item of items) {
    const at = createdAt(item)
    const day = dayKey(at)
    let apart = before === undefined || !together(before, item, myId)
    if (before === undefined || dayKey(createdAt(before)) !== day) {
      rows.push({ kind: 'day', key: `day ${day}`, at })
      apart = true
    }
    if (dividerDue && isUnread(item, unreadAfter ?? 0, myId)) {
      rows.push({ kind: 'unread', key: 'unread' })
      dividerDue = false
      apart = true
    }
    if (group) group.closesGroup = apart
    group = { kind: 'message', key: keyOf(item, myId), item, opensGroup: apart, closesGroup: true }
    rows.push(group)
    before = item
  }
  return rows
}

const isUnread = (item: TimelineItem, after: number, myId: string | undefined): boolean =>
  item.status === 'sent' && item.message.seq > after && item.message.senderId !== myId

const together = (one: TimelineItem, next: TimelineItem, myId: string | undefined): boolean =>
  senderOf(one, myId) === senderOf(next, myId) &&
  Date.parse(createdAt(next)) - Date.parse(createdAt(one)) < groupMs

/**
 * The same before and after it is stored, so that its row stays; with the sender,
 * since a clientId is only theirs.
 */
const keyOf = (item: TimelineItem, myId: string | undefined): string =>
  `${senderOf(item, myId)} ${item.status === 'sent' ? item.message.clientId : item.clientId}`

export const createdAt = (item: TimelineItem): string =>
  item.status === 'sent' ? item.message.createdAt : item.createdAt

export const senderOf = (item: TimelineItem, myId: string | undefined): string | undefined =>
  item.status === 'sent' ? item.message.senderId : myId
