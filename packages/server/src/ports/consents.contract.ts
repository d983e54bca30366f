import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import type { Consents } from './consents.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')

export function consentsContract(open: () => Promise<AsyncDisposable & { consents: Consents }>): void {
  test('[CONSENT1] what was agreed to is kept with its version and times, taken back too', async () => {
    await using opened = await open()
    const { consents } = opened
    expect(await consents.of(ana)).toEqual([])
    await consents.give({ userId: ana, kind: 'terms', version: 1, at: 5 })
    await consents.give({ userId: ana, kind: 'terms', version: 1, at: 6 })
    await consents.give({ userId: ana, kind: 'terms', version: 2, at: 7 })
    await consents.give({ userId: bob, kind: 'age', version: 1, at: 8 })
    const [first, second] = [
      { kind: 'terms', version: 1, givenAt: 5, withdrawnAt: null },
      { kind: 'terms', version: 2, givenAt: 7, withdrawnAt: null },
    ] as const
    expect(await consents.of(ana)).toEqual([second, first])
    expect(await consents.withdraw({ userId: ana, kind: 'privacy', at: 9 })).toBe(false)
    expect(await consents.withdraw({ userId: ana, kind: 'terms', at: 9 })).toBe(true)
    expect(await consents.withdraw({ userId: ana, kind: 'terms', at: 10 })).toBe(false)
    const withdrawn = [second, first].map((one) => ({ ...one, withdrawnAt: 9 }))
    expect(await consents.of(ana)).toEqual(withdrawn)
    await consents.give({ userId: ana, kind: 'terms', version: 2, at: 11 })
    expect(await consents.of(ana)).toEqual([{ ...second, givenAt: 11 }, ...withdrawn])
    await consents.erase(ana)
    expect(await consents.of(ana)).toEqual([])
    expect(await consents.of(bob)).toHaveLength(1)
  })
}
