import { z } from 'zod'
import { storableText } from './text.ts'

/** So many may stand at one user. */
export const settingsMax = 100
export const tooManySettings = `settings: at most ${settingsMax} may stand`

/**
 * What a person's clients keep for them on all their devices, under names that the clients choose:
 * theme, sounds …
 */
const settingName = z
  .string()
  .regex(/^[a-zA-Z][\w.-]{0,63}$/, 'must be a name of 1 to 64 of a-z, 0-9, _, . and -')
const setting = z.union([storableText(1_000), z.number(), z.boolean()])

export const settings = z.record(settingName, setting)

/** What is named is set, or taken away by null; the rest stays, so that two devices don't undo each other. */
export const settingsChange = z.record(settingName, setting.nullable())
export type SettingsChange = z.infer<typeof settingsChange>
