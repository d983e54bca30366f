import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import type { Settings } from './settings.ts'

const actorId = userId.parse('01900000-0000-7000-8000-00000000000a')

export function settingsContract(open: () => Promise<AsyncDisposable & { settings: Settings }>): void {
  test('[SET1] a setting is read as it was last written, and unset again reads as undefined', async () => {
    await using opened = await open()
    const { settings } = opened
    expect(await settings.read('doors')).toBeUndefined()
    await settings.write({ name: 'doors', value: { open: true, who: ['a', 'b'] }, actorId, at: 1 })
    await settings.write({ name: 'windows', value: null, actorId, at: 2 })
    expect(await settings.read('doors')).toEqual({ open: true, who: ['a', 'b'] })
    expect(await settings.read('windows')).toBeNull()
    await settings.write({ name: 'doors', value: 3, actorId, at: 3 })
    expect(await settings.read('doors')).toBe(3)
    await settings.write({ name: 'doors', value: undefined, actorId, at: 4 })
    expect(await settings.read('doors')).toBeUndefined()
    expect(await settings.read('windows')).toBeNull()
  })
}
