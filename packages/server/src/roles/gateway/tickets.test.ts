import { expect, test } from 'bun:test'
import { sessionId, userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import { openTicketOffice } from './tickets.ts'

const session = {
  userId: userId.parse('01a1fd57-66e8-7312-8193-94c3ef0cfc03'),
  sessionId: sessionId.parse('session'),
  expiresAt: Number.MAX_SAFE_INTEGER,
}
const person = (number: number) => ({
  ...session,
  userId: userId.parse(`01a1fd57-66e8-7312-8193-${String(number).padStart(12, '0')}`),
})

test('[GW4] a ticket is good for 30 s', () => {
  const clock = manualClock()
  const office = openTicketOffice({ clock })
  const [early, late] = [office.issue(session), office.issue(session)]
  expect(early.expiresAt).toBe(clock.now() + 30_000)
  clock.advance(29_999)
  expect(office.redeem(early.ticket)).toEqual(session)
  clock.advance(1)
  expect(office.redeem(late.ticket)).toBeUndefined()
})

test('[GW14] the oldest of all go first', () => {
  const office = openTicketOffice({ clock: manualClock() })
  const [first, second] = [office.issue(person(0)), office.issue(person(1))]
  for (let issued = 2; issued <= 20_000; issued++) office.issue(person(issued))
  expect(office.redeem(first.ticket)).toBeUndefined()
  expect(office.redeem(second.ticket)).toEqual(person(1))
})

test('[GW14] of one person’s, 50 are kept, and nobody else’s is touched', () => {
  const office = openTicketOffice({ clock: manualClock() })
  const [oldest, older] = [office.issue(person(1)), office.issue(person(2))]
  const [next] = Array.from({ length: 50 }, () => office.issue(person(1)))
  expect(office.redeem(oldest.ticket)).toBeUndefined()
  expect(office.redeem(next?.ticket ?? '')).toEqual(person(1))
  expect(office.redeem(older.ticket)).toEqual(person(2))
})

test('[GW14] a ticket that was used is none that waits', () => {
  const office = openTicketOffice({ clock: manualClock() })
  const kept = office.issue(person(1))
  for (let used = 0; used < 60; used++) office.redeem(office.issue(person(1)).ticket)
  expect(office.redeem(kept.ticket)).toEqual(person(1))
})
