import { expect, test } from 'bun:test'
import { ownStatus } from './use-own-status.ts'

test('[WEB46] who looks gone and asks is invisible; where nobody tells it is not known', () => {
  const lastSeenAt = '2026-11-21T10:00:00.000Z'
  expect(ownStatus({ status: 'offline', lastSeenAt })).toBe('invisible')
  expect(ownStatus({ status: 'offline', lastSeenAt: null })).toBeUndefined()
  expect(ownStatus({ status: 'busy', lastSeenAt: null })).toBe('busy')
})
