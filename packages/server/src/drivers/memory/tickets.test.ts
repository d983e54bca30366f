import { expect, test } from 'bun:test'
import { manualClock } from '../../lib/manual-clock.ts'
import { person, ticketsContract } from '../../ports/tickets.contract.ts'
import { openMemoryTickets } from './tickets.ts'

ticketsContract(async ({ clock }) => {
  const tickets = openMemoryTickets({ clock })
  return { here: tickets, there: tickets, [Symbol.asyncDispose]: () => tickets[Symbol.asyncDispose]() }
})

test('[GW14] the oldest of all go first', async () => {
  const tickets = openMemoryTickets({ clock: manualClock() })
  const [first, second] = [await tickets.issue(person(0)), await tickets.issue(person(1))]
  for (let issued = 2; issued <= 20_000; issued++) await tickets.issue(person(issued))
  expect(await tickets.redeem(first.ticket)).toBeUndefined()
  expect(await tickets.redeem(second.ticket)).toEqual(person(1))
})
