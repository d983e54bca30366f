import { expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import { type Copy, replicatedPages } from './replicated-pages.ts'

const page = {
  conversationId: conversationId.parse(Bun.randomUUIDv7()),
  viewerId: userId.parse(Bun.randomUUIDv7()),
  limit: 10,
}
const asked = { head: 7, lineage: 'one' }

/** A copy that answers, as of a head and a lineage that the test moves. */
function makeCopy() {
  const copy: Copy & {
    isFit: boolean
    head: number
    lineage: string
    calls: number
    answer(): Promise<void>
  } = {
    isFit: true,
    head: 7,
    lineage: 'one',
    calls: 0,
    answer: () => Promise.resolve(),
    async history() {
      copy.calls++
      await copy.answer()
      return { messages: [], head: copy.head, lineage: copy.lineage }
    },
    async events() {
      copy.calls++
      await copy.answer()
      return { events: [], head: copy.head, lineage: copy.lineage }
    },
  }
  return copy
}

function openPages(...copies: Copy[]) {
  const clock = manualClock()
  const primary = {
    history: async () => ({ messages: [], head: 100 }),
    events: async () => ({ events: [], head: 100 }),
  }
  const pages = replicatedPages({ primary, copies, clock, random: () => 1 })
  /** The head as of which a page is: 100 is the primary's. */
  const headOf = async (atLeast: typeof asked | undefined = asked) =>
    (await pages.history({ ...page, atLeast })).head
  return { pages, clock, headOf }
}

test('[REPLICA1] a page is a copy’s where it has reached what was asked, in the same history, else the primary’s', async () => {
  const copy = makeCopy()
  const { pages, headOf } = openPages(copy)
  expect(await headOf()).toBe(7)
  expect(await pages.events({ ...page, after: 0, atLeast: asked })).toEqual({ events: [], head: 7 })
  expect(await headOf({ ...asked, head: 8 })).toBe(100)
  copy.lineage = 'another'
  expect(await headOf()).toBe(100)
  copy.lineage = 'one'
  copy.head = 9
  expect(await headOf({ ...asked, head: 8 })).toBe(9)
  // Who names nothing that it must have reached wants the latest.
  expect((await pages.history(page)).head).toBe(100)
  expect(pages.counts).toEqual({ copy: 3, behind: 2, failed: 0, primary: 3 })
})

test('[REPLICA2] a copy that fails is left out, longer each time, and taken back', async () => {
  const copy = makeCopy()
  const { clock, headOf } = openPages(copy)
  copy.answer = () => Promise.reject(new Error('away'))
  for (const restMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    const { calls } = copy
    expect([await headOf(), await headOf(), copy.calls]).toEqual([100, 100, calls + 1])
    clock.advance(restMs - 1)
    expect([await headOf(), copy.calls]).toEqual([100, calls + 1])
    clock.advance(1)
  }
  copy.answer = () => Promise.resolve()
  expect([await headOf(), await headOf()]).toEqual([7, 7])
})

test('[REPLICA2] one that says nothing is waited for a quarter of a second, and then tried with one page', async () => {
  const copy = makeCopy()
  const { clock, headOf } = openPages(copy)
  const silence = Promise.withResolvers<void>()
  copy.answer = () => silence.promise
  const late = headOf()
  clock.advance(250)
  expect(await late).toBe(100)
  clock.advance(1_000)
  const trial = headOf()
  expect(await headOf()).toBe(100)
  silence.resolve()
  expect(await trial).toBe(7)
  expect(copy.calls).toBe(2)
})

test('[REPLICA2] one that is behind again and again is spared for half a second', async () => {
  const copy = makeCopy()
  const { clock, headOf } = openPages(copy)
  copy.head = 6
  for (let times = 0; times < 8; times++) expect(await headOf()).toBe(100)
  expect(copy.calls).toBe(5)
  copy.head = 7
  clock.advance(500)
  expect(await headOf()).toBe(7)
})

test('[REPLICA3] several share the pages, and one that is known to be of no use has none', async () => {
  const copies = [makeCopy(), makeCopy(), makeCopy()]
  const [, useless] = copies
  const { headOf } = openPages(...copies)
  for (let times = 0; times < 6; times++) expect(await headOf()).toBe(7)
  expect(copies.map(({ calls }) => calls)).toEqual([2, 2, 2])
  if (useless) useless.isFit = false
  for (let times = 0; times < 6; times++) expect(await headOf()).toBe(7)
  expect(useless?.calls).toBe(2)
})
