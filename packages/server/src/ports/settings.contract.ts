import { expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import type { Settings } from './settings.ts'

const actorId = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')

/** Settings of their own, and a way to have a user there who is suspended. */
export interface OpenedSettings extends AsyncDisposable {
  settings: Settings
  addSuspended(id: UserId): Promise<void>
}

export function settingsContract(open: () => Promise<OpenedSettings>): void {
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

  test('[SUSP3] who is suspended sets nothing and unsets nothing', async () => {
    await using opened = await open()
    const { settings } = opened
    await opened.addSuspended(bob)
    const doors = { name: 'doors', at: 1 }
    await settings.write({ ...doors, value: 'as set', actorId })
    const refused = { code: 'forbidden', detail: 'This account is suspended' }
    for (const value of ['other', undefined])
      await expect(settings.write({ ...doors, value, actorId: bob })).rejects.toMatchObject(refused)
    await expect(settings.write({ name: 'new', value: 1, actorId: bob, at: 1 })).rejects.toMatchObject(
      refused,
    )
    expect([await settings.read('doors'), await settings.read('new')]).toEqual(['as set', undefined])
  })
}
