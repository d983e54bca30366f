import type { Config } from '../config.ts'
import type { AuthDatabase } from '../drivers/better-auth/auth-database.ts'
import type { Company } from '../drivers/sql/postgres/node-lock.ts'
import type { Statements } from '../drivers/sql/statements.ts'
import type { TextTables } from '../drivers/sql/text-tables.ts'
import type { Clock } from '../lib/clock.ts'
import type { Report } from '../lib/report.ts'
import type { StoreLog } from '../ports/event-log.ts'
import type { PersonalRecords } from '../ports/personal-records.ts'
import type { Queue } from '../ports/queue.ts'
import type { Store } from '../ports/store.ts'

/** What keeps everything: a set of drivers over one connection, or one pool of them. */
export interface Engine {
  store: Store
  queue: Queue
  /** What hands out the jobs, where that isn't the database itself. */
  broker: Broker | undefined
  /** The log that the store itself is. */
  log: StoreLog
  /** By a connection of its own, or a thread: opened by whoever reads long. */
  openPersonal(): Promise<PersonalRecords>
  /** Where other servers stand by for the database, or share its reads; undefined for a file. */
  replication: Replication | undefined
  /** How the ports beside the store ask. */
  statements: Statements
  accounts: AuthDatabase
  /** What is kept sealed, for a change of keys. */
  texts(): TextTables
  /** Of the whole installation: what signs, seals and encrypts is made of it. */
  secret: string
  /** After rows came in bulk: counts them for the planner, where the engine has one that goes by it. */
  gatherStatistics(): Promise<void>
  /** Begins another history: every client drops its copy. Answers the new epoch. */
  renewEpoch(): Promise<string>
}

export interface Replication {
  /** Whether each commit waits for a standby. */
  readonly isGuarded: boolean
  readonly replicas: readonly { readonly isFit: boolean; readonly behindMs: number }[]
  /** How often pages were asked of replicas and of the primary, by what came of it. */
  readonly pageCounts: Readonly<Record<string, number>>
  /** Tells of each new epoch that a failover has made necessary. */
  onNewEpoch(listener: (epoch: string) => void): () => void
}

/** Jobs are kept while it is away, and wait. */
export interface Broker {
  readonly isUp: boolean
}

export interface EngineSettings {
  config: Config
  /**
   * Who else may use a database that several can: nobody, nobody as long as nothing carries events between
   * them, those who say `with others` too, or whoever does. A data folder is one process's in any case.
   */
  company: Company | 'beside others'
  /** Another history is to begin there: then it matters not that this one goes on elsewhere. */
  anew?: boolean
  clock: Clock
  report: Report
}
