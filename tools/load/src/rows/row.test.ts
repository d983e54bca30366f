import { expect, test } from 'bun:test'
import { isBottleneck } from './row.ts'

test('[LOAD7] the driver is the bottleneck where it has nothing left and the server has', () => {
  expect(isBottleneck({ driverBusy: 0.97, serverBusy: 0.8 })).toBe(true)
  expect(isBottleneck({ driverBusy: 0.97, serverBusy: 0.99 })).toBe(false)
  expect(isBottleneck({ driverBusy: 0.8, serverBusy: 0.5 })).toBe(false)
})
