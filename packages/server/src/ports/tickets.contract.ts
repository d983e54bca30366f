import { expect, test } from 'bun:test'
import { sessionId, userId } from '@confab/protocol/ids'
import type { Clock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import type { Session } from './identity.ts'
import type { Tickets } from './tickets.ts'

export interface TicketsUnderTest extends AsyncDisposable {
  /** Two nodes; a driver without nodes gives the same twice. */
  here: Tickets
  there: Tickets
}

export function ticketsContract(open: (options: { clock: Clock }) => Promise<TicketsUnderTest>): void {
  test('[GW4] a ticket is good once, on any node, for 30 s', async () => {
    const clock = manualClock()
    await using tickets = await open({ clock })
    const { here, there } = tickets
    const [early, late] = [await here.issue(person(1)), await here.issue(person(1))]
    expect(early.expiresAt).toBe(clock.now() + 30_000)
    clock.advance(29_999)
    expect(await there.redeem(early.ticket)).toEqual(person(1))
    expect(await there.redeem(early.ticket)).toBeUndefined()
    expect(await here.redeem(early.ticket)).toBeUndefined()
    clock.advance(1)
    expect(await there.redeem(late.ticket)).toBeUndefined()
    expect(await there.redeem('a ticket of nobody')).toBeUndefined()
  })

  test('[GW14] of one person’s, 50 are kept, and nobody else’s is touched', async () => {
    await using tickets = await open({ clock: manualClock() })
    const { here, there } = tickets
    const [oldest, older] = [await here.issue(person(1)), await here.issue(person(2))]
    const next = await here.issue(person(1))
    for (let issued = 2; issued <= 50; issued++) await there.issue(person(1))
    expect(await here.redeem(oldest.ticket)).toBeUndefined()
    expect(await here.redeem(next.ticket)).toEqual(person(1))
    expect(await here.redeem(older.ticket)).toEqual(person(2))
  })

  test('[GW14] a ticket that was used is none that waits', async () => {
    await using tickets = await open({ clock: manualClock() })
    const { here } = tickets
    const kept = await here.issue(person(1))
    for (let used = 0; used < 60; used++) await here.redeem((await here.issue(person(1))).ticket)
    expect(await here.redeem(kept.ticket)).toEqual(person(1))
  })
}

export const person = (number: number): Session => ({
  userId: userId.parse(`01a1fd57-66e8-7312-8193-${String(number).padStart(12, '0')}`),
  sessionId: sessionId.parse('session'),
  expiresAt: Number.MAX_SAFE_INTEGER,
})
