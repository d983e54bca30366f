import { z } from 'zod'

/** A time as either engine answers it, in milliseconds since 1970 UTC. */
export const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/**
 * The form in which better-auth keeps times in SQLite, where they compare as text, and PostgreSQL reads them.
 */
export const iso = (ms: number): string => new Date(ms).toISOString()
