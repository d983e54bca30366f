import { expect, test } from 'bun:test'
import { cleanRun, found, room } from './clean-run.ts'
import type { FindingKind } from './finding.ts'
import type { HistoryRecord } from './history.ts'

const shown = (seq: number): HistoryRecord => ({
  ...{ kind: 'shown', t: 40, life: 'b#1', conversation: room, seq, type: 'whatever' },
})
const shows = (head: number, messages: [number, string][]): HistoryRecord => ({
  ...{ kind: 'shows', t: 96, life: 'b#1', conversation: room, head, messages },
})
const wrote = (clientId: string): HistoryRecord => ({
  ...{ kind: 'wrote', t: 9, life: 'a#1', conversation: room, clientId, content: 'x' },
})
const stored = (clientId: string, seq: number): HistoryRecord => ({
  ...{ kind: 'stored', t: 13, life: 'a#1', conversation: room, clientId, seq },
})
const removed: HistoryRecord = { kind: 'removed', t: 41, connection: 'b#1.1', conversation: room }

const annsPart = [wrote('a1'), wrote('a2'), stored('a1', 3), stored('a2', 4)]
const bobsPart = [shown(3), shown(4), shown(5), shown(6)]
const whole = shows(6, [
  [3, 'new'],
  [4, ''],
])

const kindsOf = (ann: HistoryRecord[], bob: HistoryRecord[]): FindingKind[] => {
  const clean = cleanRun()
  return found({ ann: [...clean.ann, ...ann], bob: [...clean.bob, ...bob] })
}

test('[CHECK1] [CHECK13] what was written, shown and in the end on the screen as the log has it is no finding', () => {
  expect(kindsOf(annsPart, [...bobsPart, whole])).toEqual([])
  const refused: HistoryRecord = {
    ...{ kind: 'unsent', t: 13, life: 'a#1', conversation: room, clientId: 'a3', code: 'not_found' },
  }
  expect(kindsOf([...annsPart, wrote('a3'), refused], bobsPart)).toEqual([])
  // A copy that went and came back begins somewhere later.
  expect(kindsOf(annsPart, [shown(3), removed, shown(6), whole])).toEqual([])
})

const defects: [what: string, kinds: FindingKind[], ann: HistoryRecord[], bob: HistoryRecord[]][] = [
  ['what was written and never answered', ['lost'], [...annsPart, wrote('a3')], []],
  ['what is shown as stored where the log has another', ['lost'], [wrote('a1'), stored('a1', 4)], []],
  [
    'what was written first and stored last',
    ['reordered'],
    [wrote('a2'), wrote('a1'), ...annsPart.slice(2)],
    [],
  ],
  ['an event shown twice', ['duplicated'], [], [shown(3), shown(3)]],
  ['an event shown after a later one', ['reordered'], [], [removed, shown(4), shown(3)]],
  ['an event that was not shown', ['gap'], [], [shown(3), shown(5)]],
  ['a hole long after the copy began anew', ['gap'], [], [shown(1), removed, shown(3), shown(5)]],
  ['a screen that ends too early', ['lost'], [], [shows(5, [[3, 'new']])]],
  ['a screen without a message', ['lost'], [], [shows(6, [[3, 'new']])]],
  ['a screen with an old text', ['disagreement'], [], [shows(6, [...oldTexts()])]],
]

test.each(defects)('[CHECK13] %s is found', (_what, kinds, ann, bob) => {
  expect(kindsOf(ann, bob)).toEqual(kinds)
})

function oldTexts(): [number, string][] {
  return [
    [3, 'old'],
    [4, ''],
  ]
}
