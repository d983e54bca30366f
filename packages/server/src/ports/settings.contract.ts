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

  test('[SET2] one that is written over what was read is refused where that is no more, and changes nothing', async () => {
    await using opened = await open()
    const { settings } = opened
    const write = (value: unknown, over: unknown) =>
      settings.write({ name: 'doors', value, actorId, at: 1, over: { value: over } }).then(
        () => 'written',
        ({ code }) => code,
      )
    expect(await write({ open: 1, who: ['a'] }, undefined)).toBe('written')
    expect(await write({ open: 2, who: [] }, undefined)).toBe('conflict')
    const read = await settings.read('doors')
    expect(read).toEqual({ open: 1, who: ['a'] })
    const both = await Promise.all([write({ open: 3 }, read), write({ open: 4 }, read)])
    expect(both.sort()).toEqual(['conflict', 'written'])
    const kept = await settings.read('doors')
    expect(await write({ open: 5 }, read)).toBe('conflict')
    expect(await settings.read('doors')).toEqual(kept)
    await opened.addSuspended(bob)
    const refused = settings.write({ name: 'doors', value: 1, actorId: bob, at: 1, over: { value: kept } })
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
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
