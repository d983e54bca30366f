import { expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openPresenceWatch } from './presence-watch.ts'

const [ana, ben, eve] = ['a', 'b', 'e'].map((last) =>
  userId.parse(`01900000-0000-7000-8000-00000000000${last}`),
) as [UserId, UserId, UserId]

/** Ana and Ben share a conversation, until `parted`; Eve shares none. */
function setUp({ watchedMax = 10 } = {}) {
  const presence = openMemoryPresence({ clock: manualClock() })
  const state = { parted: false }
  const sharing = async (of: UserId, others: readonly UserId[]) =>
    new Set(state.parted ? [] : others.filter((other) => other !== eve && of !== eve && other !== of))
  const watch = openPresenceWatch({
    presence,
    store: { sharing },
    watchedMax,
    report: (_, cause) => {
      throw cause
    },
  })
  const watcher = (of: UserId) => {
    const told: string[] = []
    return { userId: of, told, push: (frame: string) => told.push(JSON.parse(frame).params.status) }
  }
  return { presence, watch, watcher, state }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[WATCH1] who watches and shares a conversation sees and hears; who shares none sees offline', async () => {
  const { presence, watch, watcher } = setUp()
  await presence.connect(ben, 'x')
  const [seeing, stranger] = [watcher(ana), watcher(eve)]
  expect(await watch.watch(seeing, [ben])).toEqual([{ userId: ben, status: 'online', lastSeenAt: null }])
  expect(await watch.watch(stranger, [ben])).toEqual([{ userId: ben, status: 'offline', lastSeenAt: null }])
  await presence.choose(ben, 'x', 'busy')
  await settled()
  expect({ seeing: seeing.told, stranger: stranger.told }).toEqual({ seeing: ['busy'], stranger: [] })
})

test('[WATCH2] who no longer shares a conversation hears no more', async () => {
  const { presence, watch, watcher, state } = setUp()
  const seeing = watcher(ana)
  await watch.watch(seeing, [ben])
  await presence.connect(ben, 'x')
  await settled()
  state.parted = true
  await presence.disconnect(ben, 'x')
  await settled()
  expect(seeing.told).toEqual(['online'])
})

test('[WATCH3] who unwatches, or is gone, is told nothing more', async () => {
  const { presence, watch, watcher } = setUp()
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
