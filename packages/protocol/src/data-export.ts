import { z } from 'zod'
import { instant } from './user.ts'

/** How far the copy of everything about oneself is. `docs/export.md` says what it holds. */
export const dataExport = z.object({
  /** `none` was asked for, or it has expired. */
  status: z.enum(['none', 'waiting', 'running', 'ready', 'failed']),
  /** From 0 to 1. */
  progress: z.number().min(0).max(1),
  askedAt: instant.nullable(),
  /** Since when and until when it can be fetched, and how large it is; null unless it is ready. */
  readyAt: instant.nullable(),
  expiresAt: instant.nullable(),
  bytes: z.int().nullable(),
  /** When another one may be asked for; null for now. */
  mayAskAt: instant.nullable(),
})
export type DataExport = z.infer<typeof dataExport>
