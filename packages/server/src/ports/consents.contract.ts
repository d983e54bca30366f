import { expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import type { Consents } from './consents.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')

const eve = userId.parse('01900000-0000-7000-8000-00000000000e')

/** Consents of their own, and a way to have a user there who is suspended. */
export interface OpenedConsents extends AsyncDisposable {
  consents: Consents
  addSuspended(id: UserId): Promise<void>
}

export function consentsContract(open: () => Promise<OpenedConsents>): void {
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

  test('[SUSP3] who is suspended neither agrees nor takes back', async () => {
    await using opened = await open()
    const { consents } = opened
    for (const userId of [ana, eve]) await consents.give({ userId, kind: 'terms', version: 1, at: 5 })
    await opened.addSuspended(eve)
    const refused = { code: 'forbidden', detail: 'This account is suspended' }
    const given = { userId: eve, kind: 'age', version: 1, at: 6 } as const
    await expect(consents.give(given)).rejects.toMatchObject(refused)
    await expect(consents.withdraw({ userId: eve, kind: 'terms', at: 6 })).rejects.toMatchObject(refused)
    expect(await consents.of(eve)).toEqual(await consents.of(ana))
  })
}
