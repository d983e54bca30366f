import { expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import { holdable } from '../../../test/held-store.ts'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { PresenceBoard } from '../../ports/presence.ts'
import { sharingChannel } from '../delivery/channels.ts'
import { lossyBus } from '../delivery/lossy-bus.ts'
import { openPresenceWatch } from './presence-watch.ts'

const [ana, ben, eve] = ['a', 'b', 'e'].map((last) =>
  userId.parse(`01900000-0000-7000-8000-00000000000${last}`),
) as [UserId, UserId, UserId]

const someone = () => userId.parse(Bun.randomUUIDv7())

/** Ana and Ben share a conversation, until `parted`; Eve shares none. */
function setUp({ watchedMax = 10 } = {}) {
  const clock = manualClock()
  const bus = lossyBus(openMemoryBus())
  const board = openMemoryPresence({ clock })
  /** A board that tells nobody of what changes while the bus is cut. */
  const presence: PresenceBoard = {
    ...board,
    onChange: (listener) => board.onChange((seen) => bus.isCut || listener(seen)),
    look(userIds) {
      asked.looks++
      return board.look(userIds)
    },
  }
  const state = { parted: false, failing: false }
  const reports: unknown[] = []
  const asked = { looks: 0, questions: [] as number[] }
  const mutual = async (of: UserId, others: readonly UserId[]) => {
    asked.questions.push(others.length)
    if (state.failing) throw new Error('the disk is full')
    return new Set(state.parted ? [] : others.filter((other) => other !== eve && of !== eve && other !== of))
  }
  const { store, hold } = holdable({ mutual })
  const { store: slowBoard, hold: holdBoard } = holdable(presence)
  const watch = openPresenceWatch({
    ...{ presence: slowBoard, store, bus, clock },
    watchedMax,
    report: (_, cause) => void reports.push(cause),
  })
  const watcher = (of: UserId) => {
    const told: string[] = []
    const state = { writes: 0 }
    const push = (...frames: string[]) => {
      state.writes++
      for (const frame of frames) told.push(JSON.parse(frame).params.status)
    }
    return { userId: of, told, push, state }
  }
  /** Until what has changed is told. */
  async function settled(ms = 100) {
    clock.advance(ms)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  /** What the store and the board are asked meanwhile. */
  async function counted(act: () => unknown) {
    Object.assign(asked, { looks: 0, questions: [] })
    await act()
    await settled()
    await settled()
    return { ...asked }
  }
  return { presence, bus, watch, watcher, state, settled, reports, hold, holdBoard, counted }
}

test('[WATCH1] who watches and shares a conversation sees and hears; who shares none sees offline', async () => {
  const { presence, watch, watcher, settled } = setUp()
  await presence.connect(ben, 'x')
  const [seeing, stranger] = [watcher(ana), watcher(eve)]
  expect(await watch.watch(seeing, [ben])).toEqual([{ userId: ben, status: 'online', lastSeenAt: null }])
  expect(await watch.watch(stranger, [ben])).toEqual([{ userId: ben, status: 'offline', lastSeenAt: null }])
  await presence.choose(ben, 'x', 'busy')
  await settled()
  expect({ seeing: seeing.told, stranger: stranger.told }).toEqual({ seeing: ['busy'], stranger: [] })
})

test('[WATCH2] who no longer shares a conversation hears no more', async () => {
  const { presence, watch, watcher, state, settled } = setUp()
  const seeing = watcher(ana)
  await watch.watch(seeing, [ben])
  await presence.connect(ben, 'x')
  await settled()
  state.parted = true
  await presence.disconnect(ben, 'x')
  await settled()
  expect(seeing.told).toEqual(['online'])
})

test('[WATCH8] who begins to see a watched user, or may no longer, is told once, whichever of the two moved', async () => {
  const { presence, bus, watch, watcher, state, settled } = setUp()
  await presence.connect(ben, 'x')
  const [seeing, stranger] = [watcher(ana), watcher(eve)]
  await watch.watch(seeing, [ana, ben, eve])
  await watch.watch(stranger, [ben])
  async function move(parted: boolean, ...moved: UserId[]) {
    state.parted = parted
    bus.publish([{ channel: sharingChannel, seq: 0, body: moved.join(' ') }])
    await settled()
  }
  await move(true, ben)
  await move(true, ben, ana)
  expect(seeing.told).toEqual(['offline'])
  await move(false, ana)
  await move(false, ana)
  expect(seeing.told).toEqual(['offline', 'online'])
  await presence.choose(ben, 'x', 'busy')
  await move(false, ben, eve)
  expect({ seeing: seeing.told, stranger: stranger.told }).toEqual({
    seeing: ['offline', 'online', 'busy'],
    stranger: [],
  })
  watch.unwatch(seeing, [ben])
  await move(true, ben)
  expect(seeing.told).toHaveLength(3)
})

for (const parted of [true, false]) {
  test(`[WATCH9] who begins to watch as two ${parted ? 'part' : 'meet'}, and is answered late, is put right`, async () => {
    const { presence, bus, watch, watcher, state, settled, hold } = setUp()
    await presence.connect(ben, 'x')
    const seeing = watcher(ana)
    state.parted = !parted
    const question = hold('mutual', 'after')
    const watched = watch.watch(seeing, [ben])
    await question.made
    state.parted = parted
    bus.publish([{ channel: sharingChannel, seq: 0, body: ben }])
    await settled()
    question.letGo()
    expect(await watched).toMatchObject([{ status: parted ? 'online' : 'offline' }])
    const before = seeing.told.length
    await settled()
    expect(seeing.told.slice(before)).toEqual([parted ? 'offline' : 'online'])
  })
}

test('[WATCH9] … and to who was told of a change before they are answered, the answer says the same', async () => {
  const { presence, watch, watcher, settled, hold } = setUp()
  const seeing = watcher(ana)
  const question = hold('mutual', 'after')
  const watched = watch.watch(seeing, [ben, eve])
  await question.made
  await presence.connect(ben, 'x')
  await settled()
  expect(seeing.told).toEqual(['online'])
  question.letGo()
  expect(await watched).toMatchObject([{ status: 'online' }, { status: 'offline' }])
})

test('[WATCH9] … and how somebody was before is told to nobody after a change that was heard meanwhile', async () => {
  const { presence, watch, watcher, settled, holdBoard } = setUp()
  const [early, late] = [watcher(ana), watcher(ana)]
  await watch.watch(early, [ben])
  const look = holdBoard('look', 'after')
  const watched = watch.watch(late, [ben])
  await look.made
  await presence.connect(ben, 'x')
  await settled()
  look.letGo()
  expect(await watched).toMatchObject([{ status: 'online' }])
  await settled()
  expect([early.told, late.told]).toEqual([['online'], ['online']])
})

test('[WATCH9] … and of whom nobody watches when the board answers, nothing is kept to be told by', async () => {
  const { presence, watch, watcher, settled, holdBoard } = setUp()
  const [gone, late] = [watcher(ana), watcher(ana)]
  const look = holdBoard('look', 'after')
  const watched = watch.watch(gone, [ben])
  await look.made
  watch.forget(gone)
  look.letGo()
  await watched
  await presence.connect(ben, 'x')
  expect(await watch.watch(late, [ben])).toMatchObject([{ status: 'online' }])
  await settled()
  expect([gone.told, late.told]).toEqual([[], []])
})

test('[WATCH10] three hundred who watch one that moved are asked of together, and so is whom one watches', async () => {
  const { bus, watch, watcher, state, counted } = setUp({ watchedMax: 300 })
  const many = Array.from({ length: 300 }, someone)
  const watchers = many.map(watcher)
  for (const one of watchers) await watch.watch(one, [ben])
  const seeing = watcher(ana)
  await watch.watch(seeing, many)
  state.parted = true
  const moved = (...userIds: UserId[]) =>
    bus.publish([{ channel: sharingChannel, seq: 0, body: userIds.join(' ') }])
  expect(await counted(() => moved(ben))).toEqual({ looks: 1, questions: [300] })
  expect(watchers.map(({ told }) => told)).toEqual(many.map(() => ['offline']))
  expect(seeing.told).toEqual([])
  expect(await counted(() => moved(ana))).toEqual({ looks: 1, questions: [300] })
  expect({ told: seeing.told.length, writes: seeing.state.writes }).toEqual({ told: 300, writes: 1 })
})

test('[WATCH10] three hundred that moved at once and are watched by one are asked of together', async () => {
  const { bus, watch, watcher, state, counted } = setUp({ watchedMax: 300 })
  const many = Array.from({ length: 300 }, someone)
  const seeing = watcher(ana)
  await watch.watch(seeing, many)
  state.parted = true
  const body = many.join(' ')
  const asked = await counted(() => bus.publish([{ channel: sharingChannel, seq: 0, body }]))
  expect({ asked, told: seeing.told.length }).toEqual({ asked: { looks: 1, questions: [300] }, told: 300 })
})

test('[WATCH10] after a cut many who watch one are asked of by the thousand', async () => {
  const { bus, watch, watcher, state, counted } = setUp()
  const watchers = Array.from({ length: 1_500 }, () => watcher(someone()))
  for (const one of watchers) await watch.watch(one, [ben])
  bus.cut()
  state.parted = true
  // A look at who is there, besides those at whom to tell of.
  expect(await counted(() => bus.mend())).toEqual({ looks: 3, questions: [1_000, 500] })
  expect(watchers.filter(({ told }) => told.join() === 'offline')).toHaveLength(1_500)
})

test('[WATCH6] that two parted during a cut is told after it', async () => {
  const { presence, bus, watch, watcher, state, settled } = setUp()
  await presence.connect(ben, 'x')
  const seeing = watcher(ana)
  await watch.watch(seeing, [ben])
  bus.cut()
  state.parted = true
  await settled()
  expect(seeing.told).toEqual([])
  bus.mend()
  await settled()
  await settled()
  expect(seeing.told).toEqual(['offline'])
})

test('[WATCH7] a parting that could not be told is told a second later', async () => {
  const { presence, bus, watch, watcher, state, settled, reports } = setUp()
  await presence.connect(ben, 'x')
  const seeing = watcher(ana)
  await watch.watch(seeing, [ben])
  Object.assign(state, { parted: true, failing: true })
  bus.publish([{ channel: sharingChannel, seq: 0, body: ben }])
  await settled()
  expect({ told: seeing.told, reports: reports.length }).toEqual({ told: [], reports: 1 })
  state.failing = false
  await settled(1_000)
  await settled()
  expect({ told: seeing.told, reports: reports.length }).toEqual({ told: ['offline'], reports: 1 })
})

test('[WATCH3] who unwatches, or is gone, is told nothing more', async () => {
  const { presence, watch, watcher, settled } = setUp()
  const [first, second, third] = [watcher(ana), watcher(ana), watcher(ana)]
  for (const one of [first, second, third]) await watch.watch(one, [ben])
  watch.unwatch(first, [ben])
  watch.forget(second)
  await presence.connect(ben, 'x')
  await settled()
  expect([first.told, second.told, third.told]).toEqual([[], [], ['online']])
})

test('[WATCH4] a connection watches so many users and no more', async () => {
  const { watch, watcher } = setUp({ watchedMax: 2 })
  const one = watcher(ana)
  await watch.watch(one, [ben, eve])
  await watch.watch(one, [ben])
  await expect(watch.watch(one, [ana])).rejects.toMatchObject({ code: 'invalid' })
})

test('[WATCH5] what changes within a moment is told together, each user at their latest', async () => {
  const { presence, watch, watcher, settled } = setUp()
  const seeing = watcher(ana)
  await watch.watch(seeing, [ana, ben])
  await presence.connect(ana, 'x')
  for (const status of ['online', 'away', 'busy'] as const) {
    await presence.connect(ben, 'x')
    await presence.choose(ben, 'x', status)
  }
  await settled()
  expect({ told: seeing.told, writes: seeing.state.writes }).toEqual({ told: ['online', 'busy'], writes: 1 })
})

test('[WATCH6] what a cut has swallowed is told after it, and to who was told all, nothing again', async () => {
  const { presence, bus, watch, watcher, settled } = setUp()
  const seeing = watcher(ana)
  await watch.watch(seeing, [ana, ben])
  await presence.connect(ana, 'x')
  await settled()
  bus.cut()
  await presence.connect(ben, 'x')
  await settled()
  expect(seeing.told).toEqual(['online'])
  bus.mend()
  await settled()
  await settled()
  expect(seeing.told).toEqual(['online', 'online'])
  bus.cut()
  bus.mend()
  await settled()
  await settled()
  expect(seeing.told).toEqual(['online', 'online'])
})

test('[WATCH6] who begins to watch during a cut finds for the others what they have missed', async () => {
  const { presence, bus, watch, watcher, settled } = setUp()
  const [early, late] = [watcher(ana), watcher(ana)]
  await watch.watch(early, [ben])
  bus.cut()
  await presence.connect(ben, 'x')
  expect(await watch.watch(late, [ben])).toEqual([{ userId: ben, status: 'online', lastSeenAt: null }])
  await settled()
  expect(early.told).toEqual(['online'])
})

test('[WATCH7] what could not be told is reported, and told a second later', async () => {
  const { presence, watch, watcher, state, settled, reports } = setUp()
  const seeing = watcher(ana)
  await watch.watch(seeing, [ben])
  state.failing = true
  await presence.connect(ben, 'x')
  await settled()
  expect({ told: seeing.told, reports: reports.length }).toEqual({ told: [], reports: 1 })
  state.failing = false
  await settled(1_000)
  await settled()
  expect({ told: seeing.told, reports: reports.length }).toEqual({ told: ['online'], reports: 1 })
})
