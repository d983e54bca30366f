import { expect, test } from 'bun:test'
import { noAddresses, openDoors } from '../../../test/open-doors.ts'
import { openTurnAway } from './turn-away.ts'

test('[TOTP14] while settings can’t be read it is reported once, and once again when they were read in between', async () => {
  let isAway = false
  const reports: string[] = []
  const { settings, accountDefaults } = openDoors
  const domain = {
    accountDefaults,
    settings: {
      ...settings,
      read: async () => (isAway ? Promise.reject(new Error('the database is away')) : undefined),
    },
    store: { accountsOf: async () => [] },
    identity: noAddresses,
    report: (context: string) => reports.push(context),
  }
  const turnAway = openTurnAway({ domain, connections: new Set() })
  const told: number[] = []
  for (const away of [false, true, true, true, false, true, true]) {
    isAway = away
    turnAway.sweep()
    await turnAway[Symbol.asyncDispose]()
    told.push(reports.length)
  }
  expect(told).toEqual([0, 1, 1, 1, 1, 2, 2])
})
