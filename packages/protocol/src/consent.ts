import { z } from 'zod'
import { instant } from './user.ts'

export const consentKinds = ['terms', 'privacy', 'age'] as const
/** `age`: that one is old enough. Neither a date of birth nor an age is kept. */
export const consentKind = z.enum(consentKinds)
export type ConsentKind = z.infer<typeof consentKind>

const text = z.string().max(50_000)

/** What administrators ask for; null for nothing. Another text is a new version, and asked for again. */
export const consentSettings = z.object({
  terms: text.min(1).nullable(),
  privacy: text.min(1).nullable(),
  minimumAge: z.int().min(1).max(99).nullable(),
})
export type ConsentSettings = z.infer<typeof consentSettings>

const versions = z.object({ terms: z.int(), privacy: z.int(), age: z.int() })

/** The settings as they are, and the version that each text is. */
export const publishedConsents = consentSettings.extend({ versions })
export type PublishedConsents = z.infer<typeof publishedConsents>

/** Settings to be published; with `versions` only over those that were read. */
export const newConsents = consentSettings.extend({ versions: versions.optional() })
export type NewConsents = z.infer<typeof newConsents>

/** The same with the version that each text is: counted up whenever it changes, and never down. */
export const versionedConsents = z.object({
  settings: consentSettings,
  versions,
})
export type VersionedConsents = z.infer<typeof versionedConsents>

/** One thing that is asked for: a document's text, or with `age` the years. */
export const askedConsent = z.object({ kind: consentKind, version: z.int().positive(), text })
export type AskedConsent = z.infer<typeof askedConsent>

export const givenConsent = z.object({
  kind: consentKind,
  version: z.int().positive(),
  givenAt: instant,
  withdrawnAt: instant.nullable(),
})
export type GivenConsent = z.infer<typeof givenConsent>

export const ownConsents = z.object({
  asked: z.array(askedConsent),
  /** Of these, what must still be agreed to before one can go on. */
  missing: z.array(consentKind),
  /** Everything that one has ever agreed to, the latest first. */
  given: z.array(givenConsent),
})
export type OwnConsents = z.infer<typeof ownConsents>
