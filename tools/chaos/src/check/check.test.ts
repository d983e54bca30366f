import { expect, test } from 'bun:test'
import {
  answered,
  beside,
  cleanRun,
  found,
  pushed,
  type Records,
  read,
  room,
  synced,
  without,
} from './clean-run.ts'
import type { FindingKind } from './finding.ts'
import type { HistoryRecord } from './history.ts'

test('[CHECK1] a clean run has no finding', () => {
  expect(found(cleanRun())).toEqual([])
})

/** What each defect adds to the clean run, or does to it. */
const defects: [
  rule: string,
  what: string,
  kinds: FindingKind[],
  spoil: (run: ReturnType<typeof cleanRun>) => Records,
][] = [
  [
    'CHECK2',
    'a send that was acknowledged and is not in the log',
    ['lost', 'disagreement'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        { kind: 'send', t: 30, conversation: room, clientId: 'b1', content: 'x' },
        { kind: 'sent', t: 31, asked: 30, conversation: room, clientId: 'b1', seq: 7, content: 'x' },
      ],
    }),
  ],
  [
    'CHECK2',
    'a send whose seq is another’s',
    ['lost'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        { kind: 'send', t: 30, conversation: room, clientId: 'a1', content: 'new' },
        { kind: 'sent', t: 31, asked: 30, conversation: room, clientId: 'a1', seq: 3, content: 'new' },
      ],
    }),
  ],
  [
    'CHECK2',
    'a reaction that was acknowledged and is not in the log',
    ['lost'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        { kind: 'act', t: 30, act: 1, action: 'react', conversation: room, target: 3 },
        { kind: 'acted', t: 31, act: 1, seq: 5 },
      ],
    }),
  ],
  [
    'CHECK2',
    'somebody added who never joined',
    ['lost'],
    ({ ann, bob }) => ({
      ann: [
        ...ann,
        { kind: 'act', t: 30, act: 3, action: 'add', conversation: room, user: 'eve' },
        { kind: 'acted', t: 31, act: 3, seq: null },
      ],
      bob,
    }),
  ],
  [
    'CHECK3',
    'one clientId in two answers',
    ['lost', 'duplicated'],
    ({ ann, bob }) => ({
      ann: [
        ...ann,
        { kind: 'sent', t: 31, asked: 30, conversation: room, clientId: 'a1', seq: 4, content: '' },
      ],
      bob,
    }),
  ],
  [
    'CHECK3',
    'one clientId twice in the log',
    ['lost', 'duplicated', 'disagreement'],
    ({ ann, bob }) => ({
      ann: ann.map((record) =>
        record.kind === 'event' && record.seq === 4 ? { ...record, clientId: 'a1' } : record,
      ),
      bob: bob.map((record) =>
        record.kind === 'event' && record.seq === 4 ? { ...record, clientId: 'a1' } : record,
      ),
    }),
  ],
  [
    'CHECK4',
    'a hole in the log',
    ['lost', 'gap'],
    ({ ann, bob }) => ({
      ann: ann.filter((record) => record.kind !== 'event' || record.via !== 'final' || record.seq !== 5),
      bob,
    }),
  ],
  ['CHECK4', 'a hole between pushes', ['gap'], ({ ann, bob }) => ({ ann, bob: without(bob, 4) })],
  [
    'CHECK4',
    'a hole between the sync and the first push',
    ['gap'],
    ({ ann, bob }) => ({ ann, bob: without(bob, 3) }),
  ],
  [
    'CHECK4',
    'a hole between the first push and the sync that comes after it',
    ['gap'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob, ...beside(pushed('c', 31, 6), synced('c', 32, { [room]: 4 }, {}))],
    }),
  ],
  [
    'CHECK4',
    'a hole within a sync',
    ['gap'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        ...beside(synced('c', 32, { [room]: 3 }, { [room]: 6 }), answered('c', 32, 5), answered('c', 32, 6)),
      ],
    }),
  ],
  [
    'CHECK4',
    'a sync that ends below its head',
    ['gap'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob, ...beside(synced('c', 32, { [room]: 4 }, { [room]: 6 }), answered('c', 32, 5))],
    }),
  ],
  ['CHECK4', 'an end that never came', ['gap'], ({ ann, bob }) => ({ ann, bob: without(bob, 6) })],
  [
    'CHECK4',
    'an end that never came to who was told of `more`',
    ['gap'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        ...beside(synced('c', 32, { [room]: 4 }, {}, { more: { [room]: 6 } }), answered('c', 33, 5), {
          kind: 'still-open',
          t: 95,
          connection: 'c',
        }),
      ],
    }),
  ],
  [
    'CHECK5',
    'an event pushed after a later one',
    ['reordered'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        ...beside(synced('c', 32, { [room]: 4 }, {}), pushed('c', 33, 5), pushed('c', 34, 6)),
        ...[pushed('d', 41, 6), pushed('d', 42, 5)].flatMap((push, index): HistoryRecord[] =>
          index === 0 ? [{ kind: 'opened', t: 40, connection: 'd', epoch: 'e' }, push] : [push],
        ),
      ],
    }),
  ],
  [
    'CHECK5',
    'sends appended in another order',
    ['reordered'],
    ({ ann, bob }) => ({
      ann: ann.toSorted((one, other) => (one.kind === 'send' && other.kind === 'send' ? other.t - one.t : 0)),
      bob,
    }),
  ],
  [
    'CHECK6',
    'a seq that is another event for another client',
    ['disagreement'],
    ({ ann, bob }) => ({
      ann,
      bob: bob.map((record) =>
        record.kind === 'event' && record.seq === 5 ? { ...record, fixed: 'other' } : record,
      ),
    }),
  ],
  [
    'CHECK6',
    'a text that nobody wrote',
    ['disagreement'],
    ({ ann, bob }) => ({
      ann,
      bob: bob.map((record) =>
        record.kind === 'event' && record.seq === 3 ? { ...record, content: 'x' } : record,
      ),
    }),
  ],
  ['CHECK7', 'an event pushed to a stranger', ['leaked'], (run) => ({ ...run, eve: [pushed('z', 14, 3)] })],
  [
    'CHECK7',
    'a message answered to a stranger',
    ['leaked'],
    (run) => ({
      ...run,
      eve: [{ kind: 'message', t: 31, asked: 30, conversation: room, seq: 3, content: 'new' }],
    }),
  ],
  [
    'CHECK7',
    'a cursor pushed to a stranger',
    ['leaked'],
    (run) => ({ ...run, eve: [read(30, 3, { connection: 'z' })] }),
  ],
  [
    'CHECK7',
    'an act of a stranger',
    ['lost', 'leaked'],
    ({ ann, bob }) => ({
      ann: ann.map((record) =>
        record.kind === 'event' && record.seq === 6 ? { ...record, actor: 'eve' } : record,
      ),
      bob,
    }),
  ],
  [
    'CHECK8',
    'a cursor that is lower in a later answer',
    ['cursor-back'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob, read(30, 4, { asked: 29 }), read(2_000, 3, { asked: 1_999 })],
    }),
  ],
  [
    'CHECK8',
    'a cursor that is lower than what was acknowledged',
    ['cursor-back'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        { kind: 'act', t: 30, act: 1, action: 'read', conversation: room, target: 4 },
        { kind: 'acted', t: 31, act: 1, seq: null },
        read(2_000, 3, { asked: 1_999 }),
      ],
    }),
  ],
  [
    'CHECK8',
    'a crash that costs more than its last second',
    ['cursor-back'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        ...beside(read(30, 4, { asked: 29 }), { kind: 'closed', t: 1_500, connection: 'c', code: 1006 }),
        read(3_000, 3, { asked: 2_999 }),
      ],
    }),
  ],
  [
    'CHECK8',
    'a cursor pushed after a later one',
    ['cursor-back'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob, ...beside(read(31, 4, { connection: 'c' }), read(32, 3, { connection: 'c' }))],
    }),
  ],
  [
    'CHECK9',
    'a time that runs backwards',
    ['time-back'],
    ({ ann, bob }) => ({
      ann: ann.map((record) =>
        record.kind === 'event' && record.seq === 6 ? { ...record, at: '2026-01-01T00:00:04.999Z' } : record,
      ),
      bob,
    }),
  ],
  [
    'CHECK10',
    'an old text asked for after its edit',
    ['erased-shown'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob, { kind: 'message', t: 31, asked: 30, conversation: room, seq: 3, content: 'old' }],
    }),
  ],
  [
    'CHECK10',
    'a text asked for after its deletion',
    ['erased-shown'],
    ({ ann, bob }) => ({
      ann,
      bob: [
        ...bob,
        ...beside(synced('c', 32, { [room]: 3 }, { [room]: 4 }), answered('c', 32, 4, { content: 'two' })),
      ],
    }),
  ],
  [
    'CHECK10',
    'a deleted text in the answer to a resend',
    ['erased-shown'],
    ({ ann, bob }) => ({
      ann: [
        ...ann,
        { kind: 'sent', t: 31, asked: 30, conversation: room, clientId: 'a2', seq: 4, content: 'two' },
      ],
      bob,
    }),
  ],
  [
    'CHECK10',
    'a text pushed after its deletion',
    ['erased-shown'],
    ({ ann, bob }) => ({
      ann,
      bob: [...bob.slice(0, -1), pushed('b', 26, 4, { content: 'two' }), ...bob.slice(-1)],
    }),
  ],
  [
    'CHECK11',
    'a conversation that was not fetched at the end',
    ['unchecked'],
    ({ ann, bob }) => ({
      ann: [...ann, { kind: 'send', t: 30, conversation: 'other', clientId: 'a1', content: 'x' }],
      bob,
    }),
  ],
  ['CHECK11', 'nothing at all', ['unchecked'], () => ({})],
]

test.each(defects)('[%s] %s is found', (_rule, _what, kinds, spoil) => {
  expect([...new Set(found(spoil(cleanRun())))]).toEqual(kinds)
})
