import type { Figure } from './rows/row.ts'
import type { SystemName } from './systems.ts'

export interface Report {
  startedAt: string
  rounds: number
  length: number
  rows: RowReport[]
}

/** What docs/benchmarks.json holds: of each row the last that was recorded, rows of other days among them. */
export interface Recorded {
  rows: RecordedRow[]
}

export interface RecordedRow extends RowReport {
  /** When its run began, ISO 8601. */
  startedAt: string
  /** Of the tree that was measured; `+` after it says that more was changed. */
  commit: string
  length: number
}

export interface Round {
  figures: Record<string, number>
  /** Why the figures tell of the driver and not of the server, if they do. */
  void: string | undefined
  /** The driver's share of its core, at its busiest closed loop. */
  driverBusy: number
  /** What all other programs took of the machine meanwhile, in cores. */
  othersBusy: number
}

export interface RowReport {
  name: string
  work: string
  /** What was measured, and what it is compared with. */
  systems: readonly SystemName[]
  summary: FigureSummary[]
  rounds: Partial<Record<SystemName, Round>>[]
}

export interface FigureSummary {
  figure: Figure
  /** Medians of the rounds; ratio and difference are the medians of each round's own. */
  value: number
  other: number | undefined
  ratio: number | undefined
  difference: number | undefined
  met: boolean | undefined
  /** How many of the values in it are of void rounds. */
  voidRounds: number
}
