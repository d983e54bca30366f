import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openHeartbeats } from './heartbeats.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')

function setUp() {
  const clock = manualClock()
  const presence = openMemoryPresence({ clock })
  const report = (_context: string, cause: unknown) => {
    throw cause
  }
  const heartbeats = openHeartbeats({ presence, clock, report })
  const statusNow = async () => (await presence.look([ana]))[0]?.status
  return { clock, presence, heartbeats, statusNow }
}

test('[BEAT1] a heartbeat is good for 30 s, and another one for 30 more', async () => {
  const { clock, heartbeats, statusNow } = setUp()
  await heartbeats.beat(ana, 'online')
  clock.advance(29_000)
  expect(await statusNow()).toBe('online')
  await heartbeats.beat(ana, 'away')
  clock.advance(29_000)
  expect(await statusNow()).toBe('away')
  clock.advance(2_000)
  expect(await statusNow()).toBe('offline')
})

test('[BEAT1] who beats invisibly is never seen', async () => {
  const { presence, heartbeats, statusNow } = setUp()
  const seen: string[] = []
  presence.onChange(({ status }) => seen.push(status))
  await heartbeats.beat(ana, 'invisible')
  expect({ seen, now: await statusNow() }).toEqual({ seen: [], now: 'offline' })
})

test('[BEAT2] its end takes nobody away who has a socket', async () => {
  const { clock, presence, heartbeats, statusNow } = setUp()
  await presence.connect(ana, 'a socket')
  await heartbeats.beat(ana, 'online')
  clock.advance(60_000)
  expect(await statusNow()).toBe('online')
})
