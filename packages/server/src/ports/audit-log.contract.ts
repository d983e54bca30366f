import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { type ManualClock, manualClock } from '../lib/manual-clock.ts'
import type { AuditEntry } from './audit-entry.ts'
import { type AuditLog, type AuditQuery, type AuditRecord, auditKeptMs } from './audit-log.ts'

/** What a version appends may be more than another knows. */
type OpenedLog = AuditLog & { appendNewer(entry: Omit<AuditRecord, 'id'>): Promise<unknown> }

const ann = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')

export function auditLogContract(open: (options: { clock: ManualClock }) => Promise<OpenedLog>): void {
  const entry = (at: number, further: Partial<AuditEntry> = {}): AuditEntry => ({
    action: 'sign-in',
    at,
    actorId: ann,
    targetId: null,
    network: '203.0.113.0/24',
    detail: { way: 'code', '✓': null, tries: 3, fresh: true },
    ...further,
  })

  test('[AUDIT1] what was appended is listed as it was, the latest first, page by page', async () => {
    const clock = manualClock()
    await using log = await open({ clock })
    const entries = [0, 1, 1, 2].map((after) => entry(clock.now() + after))
    for (const one of entries) await log.append(one)
    const first = await log.list({ limit: 3 })
    const rest = await log.list({ limit: 3, cursor: first.next ?? '' })
    expect(rest.next).toBeNull()
    const all = [...first.items, ...rest.items]
    expect(all.map(({ id, ...one }) => one)).toEqual(entries.toReversed())
    expect(new Set(all.map(({ id }) => id)).size).toBe(4)
  })

  test('[AUDIT14] an action of a newer version is listed as it is, among the others', async () => {
    const clock = manualClock()
    await using log = await open({ clock })
    const entries = [entry(clock.now()), { ...entry(clock.now() + 1), action: 'later.done' }]
    for (const one of entries) await log.appendNewer(one)
    const { items } = await log.list({ limit: 10 })
    expect(items.map(({ id, ...one }) => one)).toEqual(entries.toReversed())
  })

  test('[AUDIT2] it is asked for by action, by person as actor or target, and by time', async () => {
    const clock = manualClock()
    const now = clock.now()
    await using log = await open({ clock })
    await log.append(entry(now))
    await log.append(entry(now + 1, { actorId: bob, targetId: ann, action: 'account.erased' }))
    await log.append(entry(now + 2, { actorId: bob }))
    await log.append(entry(now + 3, { actorId: null, action: 'settings.changed' }))
    const after = async (query: Omit<AuditQuery, 'limit'>) =>
      (await log.list({ ...query, limit: 10 })).items.map(({ at }) => at - now)
    expect(await after({})).toEqual([3, 2, 1, 0])
    expect(await after({ action: 'sign-in' })).toEqual([2, 0])
    expect(await after({ userId: ann })).toEqual([1, 0])
    expect(await after({ userId: bob, action: 'sign-in' })).toEqual([2])
    expect(await after({ from: now + 1, until: now + 3 })).toEqual([2, 1])
  })

  test('[AUDIT3] a record is kept for a year', async () => {
    const clock = manualClock()
    await using log = await open({ clock })
    await log.append(entry(clock.now()))
    const count = async () => (await log.list({ limit: 10 })).items.length
    clock.advance(auditKeptMs)
    await log.append(entry(clock.now()))
    expect(await count()).toBe(2)
    clock.advance(24 * 3_600_000)
    await log.append(entry(clock.now()))
    expect(await count()).toBe(2)
  })
}
