import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import type { Clock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import type { Report } from '../lib/report.ts'
import type { PresenceBoard, Seen } from './presence.ts'

const ann = userId.parse('01939c2e-0000-7000-8000-00000000000a')
const bob = userId.parse('01939c2e-0000-7000-8000-00000000000b')

export interface PresenceUnderTest extends AsyncDisposable {
  /** Two nodes of one presence. */
  here: PresenceBoard
  there: PresenceBoard
  /** Ends the second node as a kill does. */
  crashThere(): void
}

export function presenceContract(
  open: (options: { clock: Clock; report: Report }) => Promise<PresenceUnderTest>,
): void {
  test('[PRES1] a user is online from the first connection to the end of the last', async () => {
    await using started = await start()
    const { board, look } = started
    expect(await look()).toEqual({ userId: ann, status: 'offline', lastSeenAt: null })
    await board.connect(ann, 'phone')
    expect(await look()).toEqual({ userId: ann, status: 'online', lastSeenAt: null })
    await board.connect(ann, 'desk')
    await board.disconnect(ann, 'phone')
    expect(await look()).toEqual({ userId: ann, status: 'online', lastSeenAt: null })
    await board.disconnect(ann, 'desk')
    expect((await look()).status).toBe('offline')
  })

  test('[PRES2] with several connections a user is online if any is, else away', async () => {
    await using started = await start()
    const { board, look } = started
    await board.connect(ann, 'phone')
    await board.connect(ann, 'desk')
    await board.choose(ann, 'phone', 'away')
    expect((await look()).status).toBe('online')
    await board.choose(ann, 'desk', 'away')
    expect((await look()).status).toBe('away')
    await board.choose(ann, 'phone', 'online')
    expect((await look()).status).toBe('online')
    await board.disconnect(ann, 'phone')
    expect((await look()).status).toBe('away')
  })

  test('[PRES3] busy outlasts connections, until online or away is chosen', async () => {
    await using started = await start()
    const { board, look } = started
    await board.connect(ann, 'phone')
    await board.choose(ann, 'phone', 'busy')
    await board.connect(ann, 'desk')
    expect((await look()).status).toBe('busy')
    await board.disconnect(ann, 'phone')
    await board.disconnect(ann, 'desk')
    expect((await look()).status).toBe('offline')
    await board.connect(ann, 'desk')
    expect((await look()).status).toBe('busy')
    await board.choose(ann, 'desk', 'away')
    expect((await look()).status).toBe('away')
  })

  for (const chosen of ['busy', 'invisible'] as const)
    test(`[PRES20] away for a connection alone leaves ${chosen} as it was chosen`, async () => {
      await using started = await start()
      const { board, look } = started
      await board.connect(ann, 'phone')
      await board.connect(ann, 'desk')
      await board.choose(ann, 'phone', chosen)
      const before = await look()
      await board.setConnection(ann, 'desk', 'away')
      expect(await look()).toEqual(before)
      await board.choose(ann, 'phone', 'away')
      expect((await look()).status).toBe('away')
      await board.setConnection(ann, 'desk', 'online')
      expect((await look()).status).toBe('online')
    })

  test('[PRES4] invisible looks as if the user had left that moment, and outlasts connections', async () => {
    await using started = await start()
    const { board, look, clock } = started
    await board.connect(ann, 'phone')
    await board.choose(ann, 'phone', 'invisible')
    const hidden: Seen = { userId: ann, status: 'offline', lastSeenAt: clock.now() }
    clock.advance(5_000)
    expect(await look()).toEqual(hidden)
    await board.disconnect(ann, 'phone')
    expect(await look()).toEqual(hidden)
    await board.connect(ann, 'phone')
    expect(await look()).toEqual(hidden)
    await board.choose(ann, 'phone', 'online')
    expect((await look()).status).toBe('online')
    await board.disconnect(ann, 'phone')
    expect((await look()).lastSeenAt).toBe(clock.now())
  })

  test('[PRES5] lastSeenAt is when the last connection ended, and null while connected', async () => {
    await using started = await start()
    const { board, look, clock } = started
    await board.connect(ann, 'phone')
    await board.connect(ann, 'desk')
    clock.advance(5_000)
    await board.disconnect(ann, 'phone')
    clock.advance(5_000)
    await board.disconnect(ann, 'desk')
    const leftAt = clock.now()
    clock.advance(5_000)
    expect(await look()).toEqual({ userId: ann, status: 'offline', lastSeenAt: leftAt })
    await board.connect(ann, 'phone')
    expect((await look()).lastSeenAt).toBeNull()
  })

  test('[PRES6] a change of what others see is told once, and what they cannot see is not told', async () => {
    await using started = await start()
    const { board, clock } = started
    const told: Seen[] = []
    board.onChange((seen) => told.push(seen))
    await board.connect(ann, 'phone')
    await board.connect(ann, 'phone')
    await board.connect(ann, 'desk')
    await board.choose(ann, 'desk', 'away')
    await board.choose(ann, 'desk', 'invisible')
    await board.choose(ann, 'desk', 'invisible')
    await board.disconnect(ann, 'desk')
    await board.connect(ann, 'desk')
    await board.choose(ann, 'desk', 'busy')
    await board.disconnect(ann, 'phone')
    await board.disconnect(ann, 'desk')
    expect(told).toEqual([
      { userId: ann, status: 'online', lastSeenAt: null },
      { userId: ann, status: 'offline', lastSeenAt: clock.now() },
      { userId: ann, status: 'busy', lastSeenAt: null },
      { userId: ann, status: 'offline', lastSeenAt: clock.now() },
    ])
  })

  test('[PRES6] who has stopped listening is told nothing more', async () => {
    await using started = await start()
    const { board } = started
    const [gone, stays]: [Seen[], Seen[]] = [[], []]
    const stop = board.onChange((seen) => gone.push(seen))
    board.onChange((seen) => stays.push(seen))
    await board.connect(ann, 'phone')
    stop()
    await board.disconnect(ann, 'phone')
    expect(gone.map(({ status }) => status)).toEqual(['online'])
    expect(stays.map(({ status }) => status)).toEqual(['online', 'offline'])
  })

  test('[PRES7] look answers in the order of the ids, one for each', async () => {
    await using started = await start()
    const { board } = started
    await board.connect(bob, 'phone')
    const statuses = (await board.look([bob, ann, bob])).map(({ userId, status }) => [userId, status])
    expect(statuses).toEqual([
      [bob, 'online'],
      [ann, 'offline'],
      [bob, 'online'],
    ])
  })

  test('[PRES8] a connection that is unknown or gone is disconnected without effect', async () => {
    await using started = await start()
    const { board, look, clock } = started
    await board.disconnect(ann, 'phone')
    expect(await look()).toEqual({ userId: ann, status: 'offline', lastSeenAt: null })
    await board.connect(ann, 'phone')
    await board.disconnect(ann, 'desk')
    expect((await look()).status).toBe('online')
    await board.disconnect(ann, 'phone')
    const leftAt = clock.now()
    clock.advance(1_000)
    await board.disconnect(ann, 'phone')
    expect((await look()).lastSeenAt).toBe(leftAt)
  })

  test('[PRES10] a listener that throws keeps a change from nobody, and its error is reported', async () => {
    await using started = await start()
    const { board, reports } = started
    const error = new Error('a bug')
    const told: Seen[] = []
    board.onChange(() => {
      throw error
    })
    board.onChange((seen) => told.push(seen))
    await board.connect(ann, 'phone')
    expect(told).toHaveLength(1)
    expect(reports).toEqual([error])
  })

  test('[PRES11] through a node that died without a goodbye nobody is there past 30 s, and it is told', async () => {
    await using started = await start()
    const { board, there, crashThere, clock } = started
    await there.connect(ann, 'phone')
    await there.connect(bob, 'phone')
    await board.connect(bob, 'desk')
    const told: Seen[] = []
    board.onChange((seen) => told.push(seen))
    clock.advance(600_000)
    expect(told).toEqual([])
    const diedAt = clock.now()
    crashThere()
    clock.advance(10_000)
    expect((await board.look([ann])).map(({ status }) => status)).toEqual(['online'])
    clock.advance(20_000)
    const [gone, stays] = await board.look([ann, bob])
    expect([gone?.status, stays?.status]).toEqual(['offline', 'online'])
    expect(gone?.lastSeenAt).toBeWithin(diedAt - 30_000, diedAt + 1)
    expect(told).toEqual(gone ? [gone] : [])
  })

  test('[PRES12] a node that is closed takes its connections with it at once', async () => {
    await using started = await start()
    const { board, there, clock } = started
    await there.connect(ann, 'phone')
    await board.connect(bob, 'desk')
    await there[Symbol.asyncDispose]()
    expect(await board.look([ann, bob])).toEqual([
      { userId: ann, status: 'offline', lastSeenAt: clock.now() },
      { userId: bob, status: 'online', lastSeenAt: null },
    ])
  })

  async function start() {
    const clock = manualClock()
    const reports: unknown[] = []
    const opened = await open({ clock, report: (_context, cause) => reports.push(cause) })
    const { here: board, there, crashThere } = opened
    const look = async (): Promise<Seen> => {
      const [seen] = await board.look([ann])
      if (!seen) throw new Error('look answered nothing')
      return seen
    }
    return {
      ...{ clock, board, there, crashThere, look, reports },
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    }
  }
}
