import { expect, test } from 'bun:test'
import { sessionId, userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import { openTicketOffice } from './tickets.ts'

const session = {
  userId: userId.parse('01a1fd57-66e8-7312-8193-94c3ef0cfc03'),
  sessionId: sessionId.parse('session'),
  expiresAt: Number.MAX_SAFE_INTEGER,
}

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

test('[GW4] of the tickets that nobody comes with, so many are kept and no more', () => {
  const office = openTicketOffice({ clock: manualClock() })
  const first = office.issue(session)
  const second = office.issue(session)
  for (let issued = 2; issued <= 20_000; issued++) office.issue(session)
  expect(office.redeem(first.ticket)).toBeUndefined()
  expect(office.redeem(second.ticket)).toEqual(session)
})
