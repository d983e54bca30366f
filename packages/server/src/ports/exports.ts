import type { UserId } from '@confab/protocol/ids'
import type { Noted } from './audit-entry.ts'

/** Where each person's latest copy of their data is: asked for, under way, or ready to be fetched. */
export interface Exports extends AsyncDisposable {
  find(userId: UserId): Promise<ExportRecord | undefined>
  /** Keeps it in the place of the person's earlier one. */
  begin(record: { userId: UserId; id: string; askedAt: number }): Promise<void>
  /** Changes the one of this id; false where the person has another one by now, or none. */
  change(of: { userId: UserId; id: string }, to: ExportProgress & Noted): Promise<boolean>
  /** Where an id is told, that one alone. */
  forget(userId: UserId, id?: string): Promise<void>
  /** Those that were ready and expired before a time, at most 100. */
  expired(before: number): Promise<ExportRecord[]>
}

export interface ExportRecord extends ExportProgress {
  userId: UserId
  id: string
  /** Milliseconds since 1970 UTC, like the other times. */
  askedAt: number
}

export interface ExportProgress {
  status: 'waiting' | 'running' | 'ready' | 'failed'
  /** From 0 to 1. */
  progress: number
  /** These three are null until it is ready. */
  readyAt: number | null
  expiresAt: number | null
  bytes: number | null
}
