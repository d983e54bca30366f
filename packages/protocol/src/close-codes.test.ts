import { expect, test } from 'bun:test'
import { afterClose } from './close-codes.ts'

test('[CLOSE1] a client stops after a bug of its own or a refused origin, and signs in again after 4401', () => {
  const actions = [4400, 4413, 1009, 4403, 4401].map((code) => afterClose(code, '').action)
  expect(actions).toEqual(['stop', 'stop', 'stop', 'stop', 'sign-in'])
})

test('[CLOSE2] after 4408 and 4409 it comes back within a second, after 4503 within a quarter of one', () => {
  const spreads = [4408, 4409, 4503].map((code) => afterClose(code, ''))
  const within = (spreadMs: number) => ({ action: 'reconnect' as const, afterMs: 0, spreadMs })
  expect(spreads).toEqual([within(1_000), within(1_000), within(250)])
})

test("[CLOSE3] after 4429 it waits as long as the reason says, and backs off where it doesn't say", () => {
  expect(afterClose(4429, 'retry-after-ms=2500')).toMatchObject({ action: 'reconnect', afterMs: 2_500 })
  expect(afterClose(4429, '')).toEqual({ action: 'back-off' })
})

test('[CLOSE4] after any other code it backs off', () => {
  expect([1000, 1006, 1011, 4999].map((code) => afterClose(code, '').action)).toEqual(
    Array(4).fill('back-off'),
  )
})
