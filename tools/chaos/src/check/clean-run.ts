import { check } from './check.ts'
import type { FindingKind } from './finding.ts'
import type { HistoryRecord, SeenEvent } from './history.ts'

export const room = 'room'

/** Ann makes the room with Bob, writes two messages, edits the first and deletes the second. */
const log: Omit<SeenEvent, 't' | 'via'>[] = [
  event(1, 'member.joined', 'ann', { user: 'ann' }),
  event(2, 'member.joined', 'ann', { user: 'bob' }),
  event(3, 'message.created', 'ann', { clientId: 'a1', content: 'new' }),
  event(4, 'message.created', 'ann', { clientId: 'a2', content: '' }),
  event(5, 'message.edited', 'ann', { target: 3, content: 'new' }),
  event(6, 'message.deleted', 'ann', { target: 4 }),
]

/** A clean run: Ann at work over `a`, Bob listening over `b`, both to the end; Ann fetches the log. */
export function cleanRun(): { ann: HistoryRecord[]; bob: HistoryRecord[] } {
  return {
    ann: [
      { kind: 'opened', t: 1, connection: 'a', epoch: 'e' },
      synced('a', 2, {}, { [room]: 2 }),
      { kind: 'send', t: 10, connection: 'a', conversation: room, clientId: 'a1', content: 'old' },
      { kind: 'send', t: 11, connection: 'a', conversation: room, clientId: 'a2', content: 'two' },
      {
        kind: 'sent',
        t: 12,
        asked: 10,
        connection: 'a',
        conversation: room,
        clientId: 'a1',
        seq: 3,
        content: 'old',
      },
      {
        kind: 'sent',
        t: 13,
        asked: 11,
        connection: 'a',
        conversation: room,
        clientId: 'a2',
        seq: 4,
        content: 'two',
      },
      pushed('a', 14, 3, { content: 'old' }),
      pushed('a', 15, 4, { content: 'two' }),
      { kind: 'act', t: 20, act: 1, action: 'edit', conversation: room, target: 3, content: 'new' },
      { kind: 'act', t: 21, act: 2, action: 'delete', conversation: room, target: 4 },
      { kind: 'acted', t: 22, act: 1, seq: 5 },
      { kind: 'acted', t: 23, act: 2, seq: 6 },
      pushed('a', 24, 5),
      pushed('a', 25, 6),
      { kind: 'final', t: 90, asked: 80, conversation: room, head: 6 },
      ...log.map((one): HistoryRecord => ({ ...one, t: 90, via: 'final', asked: 80 })),
      { kind: 'still-open', t: 95, connection: 'a' },
    ],
    bob: [
      { kind: 'opened', t: 1, connection: 'b', epoch: 'e' },
      synced('b', 2, {}, { [room]: 2 }),
      pushed('b', 14, 3, { content: 'old' }),
      pushed('b', 15, 4, { content: 'two' }),
      pushed('b', 24, 5),
      pushed('b', 25, 6),
      { kind: 'still-open', t: 95, connection: 'b' },
    ],
  }
}

export function event(seq: number, type: string, actor: string, more: Partial<SeenEvent>) {
  const at = `2026-01-01T00:00:0${seq}.000Z`
  return { kind: 'event' as const, conversation: room, seq, type, actor, at, fixed: `fixed ${seq}`, ...more }
}

export function pushed(connection: string, t: number, seq: number, more: Partial<SeenEvent> = {}): SeenEvent {
  return { ...logged(seq), ...more, t, via: 'push', connection }
}

export function answered(
  connection: string,
  t: number,
  seq: number,
  more: Partial<SeenEvent> = {},
): SeenEvent {
  return { ...logged(seq), ...more, t, asked: t - 1, via: 'sync', connection }
}

function logged(seq: number) {
  const found = log.find((one) => one.seq === seq)
  if (!found) throw new Error(`no seq ${seq}`)
  return found
}

export function synced(
  connection: string,
  t: number,
  cursors: Record<string, number>,
  heads: Record<string, number>,
  more: Partial<Extract<HistoryRecord, { kind: 'synced' }>> = {},
): HistoryRecord {
  const none = { more: {}, reset: [], removed: [] }
  return { kind: 'synced', t, asked: t - 1, connection, cursors, heads, ...none, ...more }
}

export type Records = Record<string, HistoryRecord[]>

/** A connection of Bob's beside his first, which it isn't to disturb. */
export const beside = (...records: HistoryRecord[]): HistoryRecord[] => [
  { kind: 'opened', t: 30, connection: 'c', epoch: 'e' },
  ...records,
]

export const found = (records: Records): FindingKind[] =>
  check(Object.entries(records).map(([user, own]) => ({ client: `${user}’s`, user, records: own }))).map(
    ({ kind }) => kind,
  )

export const without = (records: HistoryRecord[], seq: number) =>
  records.filter((record) => record.kind !== 'event' || record.seq !== seq)

export const read = (t: number, value: number, more: object = {}): HistoryRecord => ({
  kind: 'cursor',
  t,
  conversation: room,
  user: 'bob',
  read: value,
  ...more,
})
