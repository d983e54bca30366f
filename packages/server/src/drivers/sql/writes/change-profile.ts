import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import {
  type SettingsChange,
  settingsMax,
  settings as settingsSchema,
  tooManySettings,
} from '@confab/protocol/settings'
import type { ChangeProfile, Committed } from '../../../ports/writes.ts'
import { searchText } from '../search-text.ts'
import { nothingNew } from './committed.ts'
import { prepareIndexUser } from './user-words.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareChangeProfile(
  database: Database,
  { users, revs }: WriteTools,
): (write: ChangeProfile) => Committed {
  const update = database.prepare<never, (number | string | null)[]>(
    `UPDATE users SET name = ?2, sort_name = ?3, handle = ?4, bio = ?5, locale = ?6, timezone = ?7,
      settings = ?8 WHERE num = ?1`,
  )
  // Later than before in any case: a device takes the latest word about a person.
  const touch = database.prepare<never, [number, number]>(
    'UPDATE users SET updated_at = max(?2, updated_at + 1) WHERE num = ?1',
  )
  const index = prepareIndexUser(database)
  return ({ actorId, at, change }) => {
    const before = users.find(actorId)
    if (!before) throw new Refusal('not_found')
    users.requireActive(actorId)
    const settings = changedSettings(before.settings, change.settings)
    const after = { ...before, ...change, settings }
    if (Bun.deepEquals(before, after)) return nothingNew
    if (after.handle !== before.handle && users.handleTaken(after.handle))
      throw new Refusal('conflict', { detail: 'this handle is taken' })

    const { num, name, handle, bio, locale, timezone } = after
    update.run(num, name, searchText(name), handle, bio, locale, timezone, settings)
    const profile = name !== before.name || handle !== before.handle || bio !== before.bio
    if (profile) {
      touch.run(num, at)
      index(num, after)
    }
    const userChange = { change: 'me', userId: actorId, userRev: revs.nextMe(num), profile } as const
    return { status: 'committed', fresh: true, events: [], receipts: [], userChanges: [userChange] }
  }
}

function changedSettings(before: string, change: SettingsChange | undefined): string {
  if (change === undefined) return before
  const all = Object.entries({ ...settingsSchema.parse(JSON.parse(before)), ...change })
  const kept = all.filter(([, value]) => value !== null)
  if (kept.length > settingsMax) throw new Refusal('invalid', { detail: tooManySettings })
  return JSON.stringify(Object.fromEntries(kept.toSorted(([one], [other]) => (one < other ? -1 : 1))))
}
