import type { Crew } from './crew/crew.ts'
import type { Random } from './random.ts'

/** What a run puts under load and strikes: one server, or a cluster. */
export interface Stage extends AsyncDisposable {
  /** Where the clients connect. */
  readonly url: string
  /** Where a mailed code can be read, past any proxy. */
  readonly inboxUrl: string
  /** What can't be done on this machine. */
  readonly skipped: readonly Skipped[]
  /** How often a server was started. */
  readonly starts: number
  /** How long a send may wait under a fault, where that is promised. */
  stallMsMost(kind: string): number | undefined
  /** Throws, with what it wrote last, if a process has ended that nothing struck. */
  mustRun(): void
  /** Begins the fault, sees by a condition that it has taken place, ends it; answers the evidence. */
  strike(kind: string, struckBy: { crew: Crew; random: Random }): Promise<string>
}

export interface Skipped {
  kind: string
  why: string
}

/** How a fault went. `evidence` says by what it is known to have taken place. */
export interface Struck {
  kind: string
  evidence: string
  /** From its beginning to its end. */
  lastedMs: number
  /** From its end until everybody is online, answered, and waits for nothing from before. */
  recoveredMs: number
  /** From its beginning until all was whole again. */
  sends: number
  acknowledged: number
  /** The longest that a send waited for its acknowledgement, tries and all. */
  longestStallMs: number
  /** More than this is a failure; undefined where there is no such promise. */
  stallMsMost: number | undefined
}

export const isStalled = ({ longestStallMs, stallMsMost }: Struck): boolean =>
  stallMsMost !== undefined && longestStallMs > stallMsMost
