import type { Population, PopulationSize } from '../population.ts'
import type { System, SystemName } from '../systems.ts'

/** One piece of work, done by each system in turn. */
export interface Row {
  name: string
  work: string
  population: PopulationSize
  /** Which does it, and which it is compared with, if any; Confab and Socket.IO without it. */
  systems?: readonly [SystemName, SystemName?]
  /** Settings of Confab's server beside the usual ones. */
  settings?: Record<string, string>
  figures: readonly Figure[]
  /** No more rounds than this, where the figures hardly scatter and a round takes long. */
  roundsMax?: number
  /** Answers a value for each figure, or for some, where a system has no such thing. */
  run(run: Run): Promise<Record<string, number>>
}

/** The measured system first. */
export const systemsOf = ({ systems = ['confab', 'socket.io'] }: Pick<Row, 'systems'>): SystemName[] =>
  systems.filter((name) => name !== undefined)

export interface Figure {
  key: string
  label: string
  unit: string
  digits: number
  better: 'less' | 'more'
  /** Of the first system's own value, of its ratio to the other's, or of what it is above that. */
  reach?: Reach
}

export type Reach = { of: 'value' | 'ratio' | 'difference' } & ({ atMost: number } | { atLeast: number })

export interface Run {
  system: System
  population: Population
  /** How long a phase of so many milliseconds lasts in this run. */
  lasting: (ms: number) => number
  /** Does the work. */
  measured: <Result>(work: () => Promise<Result>) => Promise<Measured<Result>>
  /**
   * Does it, and calls the run void if it was the driver that couldn't do more meanwhile. Not for an open
   * loop: there the driver waits by looking at the clock, always busy, and it is its lag that tells.
   */
  watched: <Result>(work: () => Promise<Result>) => Promise<Measured<Result>>
  callVoid: (reason: string) => void
}

export interface Measured<Result> extends Busy {
  result: Result
  wallMs: number
  serverCpuMs: number
  /** What of it the engines used; undefined where there are none. */
  enginesCpuMs: number | undefined
}

/** Shares of a core. */
interface Busy {
  driverBusy: number
  serverBusy: number
}

/**
 * The driver is the bottleneck where it has less than this left of its core, and the server has more left.
 */
const driverBusyMax = 0.9

export const isBottleneck = ({ driverBusy, serverBusy }: Busy): boolean =>
  driverBusy > driverBusyMax && driverBusy > serverBusy

export const bottleneckWords = ({ driverBusy, serverBusy }: Busy): string =>
  `the driver was ${percent(driverBusy)} busy, the server ${percent(serverBusy)}`

const percent = (share: number): string => `${Math.round(share * 100)} %`
