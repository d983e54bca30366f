import { expect, test } from 'bun:test'
import {
  answered,
  beside,
  cleanRun,
  event,
  found,
  pushed,
  type Records,
  read,
  room,
  synced,
} from './clean-run.ts'
import { ConnectionOrder } from './connection-order.ts'
import type { HistoryRecord } from './history.ts'

/** What looks like a defect and is none. */
const allowed: [what: string, records: HistoryRecord[]][] = [
  [
    'a push that comes before the sync that it belongs to, and again',
    beside(
      pushed('c', 31, 6),
      synced('c', 32, { [room]: 3 }, { [room]: 5 }),
      answered('c', 32, 4),
      answered('c', 32, 5),
      pushed('c', 33, 6),
    ),
  ],
  [
    'a sync that leaves the rest to pages which a lost connection never fetched',
    beside(synced('c', 32, { [room]: 2 }, {}, { more: { [room]: 6 } }), pushed('c', 33, 6)),
  ],
  [
    'a reset, which is a snapshot',
    beside(synced('c', 32, { [room]: 900 }, { [room]: 6 }, { reset: [room] })),
  ],
  [
    'an old text pushed late',
    beside(synced('c', 32, { [room]: 2 }, {}), pushed('c', 33, 3, { content: 'old' })),
  ],
  [
    'a text that a push had on its way when a sync told of its deletion',
    beside(
      synced('c', 32, { [room]: 5 }, { [room]: 6 }),
      answered('c', 32, 6),
      pushed('c', 33, 4, { content: 'two' }),
      pushed('c', 34, 5),
      pushed('c', 35, 6),
    ),
  ],
  [
    'an old text asked for before its edit was acknowledged',
    [{ kind: 'message', t: 40, asked: 21, conversation: room, seq: 3, content: 'old' }],
  ],
  [
    'a cursor that lost its last second to a crash',
    [
      ...beside(read(1_000, 4, { asked: 999 }), { kind: 'closed', t: 1_500, connection: 'c', code: 1006 }),
      read(5_000, 3, { asked: 4_999 }),
    ],
  ],
]

test.each(allowed)('[CHECK12] %s is allowed', (_what, records) => {
  const { ann, bob } = cleanRun()
  expect(found({ ann, bob: [...bob, ...records] })).toEqual([])
})

test('[CHECK12] a send answered at its second try, out of its order, is allowed', () => {
  const { ann, bob } = cleanRun()
  const first: HistoryRecord = {
    kind: 'send',
    t: 9,
    connection: 'a',
    conversation: room,
    clientId: 'a2',
    content: 'two',
  }
  expect(found({ ann: [...ann.slice(0, 2), first, ...ann.slice(2)], bob })).toEqual([])
})

/** Bob is removed at seq 7, which the clean run's connections are told, and nothing follows for him. */
function withBobRemoved(): Records {
  const { ann, bob } = cleanRun()
  const left = event(7, 'member.left', 'ann', { user: 'bob' })
  const isEnd = ({ kind }: HistoryRecord) => kind === 'still-open'
  return {
    ann: [
      ...ann
        .filter((record) => !isEnd(record))
        .map((record) => (record.kind === 'final' ? { ...record, head: 7 } : record)),
      { kind: 'act', t: 30, act: 3, action: 'remove', conversation: room, user: 'bob' },
      { kind: 'acted', t: 33, act: 3, seq: null },
      { ...left, t: 32, via: 'push', connection: 'a' },
      { ...left, t: 90, via: 'final', asked: 80 },
      ...ann.filter(isEnd),
    ],
    bob: [...bob, { ...left, t: 32, via: 'push', connection: 'b' }],
  }
}

const afterRemoval: [what: string, record: HistoryRecord][] = [
  ['a message answered', { kind: 'message', t: 41, asked: 40, conversation: room, seq: 3, content: 'new' }],
  ['a cursor answered', read(41, 0, { asked: 40 })],
  ['a cursor pushed', read(41, 3, { connection: 'b' })],
]

test('[CHECK7] what a member was told before they were removed is no leak', () => {
  expect(found(withBobRemoved())).toEqual([])
})

test.each(afterRemoval)('[CHECK7] %s to a removed member is found', (_what, record) => {
  const { ann = [], bob = [] } = withBobRemoved()
  expect(found({ ann, bob: [...bob, record] })).toEqual(['leaked'])
})

test('[CHECK7] what is answered to who may have been added again is no leak', () => {
  const { ann = [], bob = [] } = withBobRemoved()
  const joined = event(8, 'member.joined', 'ann', { user: 'bob' })
  const added: HistoryRecord[] = [
    { kind: 'act', t: 35, act: 4, action: 'add', conversation: room, user: 'bob' },
    { kind: 'final', t: 92, asked: 91, conversation: room, head: 8 },
    { ...joined, t: 92, via: 'final', asked: 91 },
  ]
  const records = afterRemoval.slice(0, 2).map(([, record]) => record)
  const ends = ann.filter(({ kind }) => kind !== 'still-open')
  expect(found({ ann: [...ends, ...added], bob: [...bob, ...records] })).toEqual([])
})

test('[CHECK12] a sync that was read before one left, and answered after it was told, is allowed', () => {
  const { ann = [], bob = [] } = withBobRemoved()
  const answer = (head: number) => [
    synced('b', 33, { [room]: 4 }, { [room]: head }, { asked: 31 }),
    answered('b', 33, 5),
  ]
  expect(found({ ann, bob: [...bob, ...answer(6)] })).toEqual([])
  expect(found({ ann, bob: [...bob, ...answer(9)] })).toContain('gap')
})

test('[CHECK4] a sync that was asked after one was told to have left, and knows nothing of it, is found', () => {
  const { ann = [], bob = [] } = withBobRemoved()
  const answer = (asked: number) => synced('b', 61, { [room]: 4 }, { [room]: 6 }, { asked })
  expect(found({ ann, bob: [...bob, answer(31)] })).toEqual([])
  expect(found({ ann, bob: [...bob, answer(60)] })).toEqual(['gap'])
})

test('[CHECK4] a sync from before one left is not excused to whoever is told to be back', () => {
  const order = (...back: HistoryRecord[]) => {
    const { bob = [] } = withBobRemoved()
    const order = new ConnectionOrder('bob')
    for (const record of [...bob, ...back, synced('b', 41, { [room]: 4 }, { [room]: 5 }, { asked: 31 })])
      order.take(record)
    order.take({ ...event(10, 'message.pinned', 'ann', { target: 3 }), t: 42, via: 'push', connection: 'b' })
    order.end(undefined)
    return order.troubles.map(({ kind }) => kind)
  }
  const joined = event(8, 'member.joined', 'ann', { user: 'bob' })
  const next = event(9, 'message.pinned', 'ann', { target: 3 })
  const pushes = [joined, next].map((one) => ({ ...one, t: 34, via: 'push' as const, connection: 'b' }))
  expect(order()).toEqual([])
  expect(order(...pushes)).toEqual(['gap'])
})

/** Bob is added again after one event that was not his to get, and comes back by a connection of his own. */
function withBobBack(pushedTo: 'b' | 'c'): Records {
  const { ann = [], bob = [] } = withBobRemoved()
  const missed = event(8, 'message.pinned', 'ann', { target: 3 })
  const joined = event(9, 'member.joined', 'ann', { user: 'bob' })
  const final = { via: 'final', asked: 91, t: 92 } as const
  return {
    ann: [
      ...ann.filter(({ kind }) => kind !== 'still-open'),
      { kind: 'final', t: 92, asked: 91, conversation: room, head: 9 },
      { ...missed, ...final },
      { ...joined, ...final },
    ],
    bob: [
      ...bob,
      ...beside(synced('c', 42, {}, { [room]: 9 }), { ...missed, t: 43, via: 'push', connection: pushedTo }),
    ],
  }
}

test('[CHECK12] a push of what the sync has told whoever was added again before it is allowed', () => {
  expect(found(withBobBack('c'))).toEqual([])
})

test('[CHECK7] the same push by a connection from before the removal is found', () => {
  expect(found(withBobBack('b'))).toEqual(['leaked'])
})
