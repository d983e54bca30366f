import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import type { Exports } from './exports.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')
const notReady = { readyAt: null, expiresAt: null, bytes: null }

export function exportsContract(open: () => Promise<AsyncDisposable & { exports: Exports }>): void {
  test('[EXPORT1] a person has one export: the latest that was asked for', async () => {
    await using opened = await open()
    const { exports } = opened
    expect(await exports.find(ana)).toBeUndefined()
    await exports.begin({ userId: ana, id: 'one', askedAt: 5 })
    const waiting = { status: 'waiting', progress: 0, ...notReady } as const
    expect(await exports.find(ana)).toEqual({ userId: ana, id: 'one', askedAt: 5, ...waiting })
    const running = { status: 'running', progress: 0.5, ...notReady } as const
    expect(await exports.change({ userId: ana, id: 'one' }, running)).toBe(true)
    expect(await exports.find(ana)).toEqual({ userId: ana, id: 'one', askedAt: 5, ...running })
    expect(await exports.find(bob)).toBeUndefined()

    await exports.begin({ userId: ana, id: 'two', askedAt: 9 })
    expect(await exports.change({ userId: ana, id: 'one' }, running)).toBe(false)
    expect(await exports.find(ana)).toEqual({ userId: ana, id: 'two', askedAt: 9, ...waiting })
    await exports.forget(ana, 'one')
    expect(await exports.find(ana)).toMatchObject({ id: 'two' })
    await exports.forget(ana, 'two')
    expect(await exports.find(ana)).toBeUndefined()
    await exports.begin({ userId: ana, id: 'two', askedAt: 9 })
    await exports.forget(ana)
    expect(await exports.find(ana)).toBeUndefined()
    expect(await exports.change({ userId: ana, id: 'two' }, running)).toBe(false)
  })

  test('[EXPORT2] those that have expired are found, and no others', async () => {
    await using opened = await open()
    const { exports } = opened
    const ready = { status: 'ready', progress: 1, readyAt: 6, expiresAt: 20, bytes: 77 } as const
    await exports.begin({ userId: ana, id: 'one', askedAt: 5 })
    await exports.begin({ userId: bob, id: 'two', askedAt: 5 })
    await exports.change({ userId: ana, id: 'one' }, ready)
    expect(await exports.expired(20)).toEqual([])
    expect(await exports.expired(21)).toEqual([{ userId: ana, id: 'one', askedAt: 5, ...ready }])
  })
}
