import type { Population, PopulationSize } from '../population.ts'
import type { System } from '../systems.ts'

/** One piece of work, done by each system in turn. */
export interface Row {
  name: string
  work: string
  population: PopulationSize
  figures: readonly Figure[]
  /** No more rounds than this, where the figures hardly scatter and a round takes long. */
  roundsMax?: number
  /** Answers a value for each figure. */
  run(run: Run): Promise<Record<string, number>>
}

export interface Figure {
  key: string
  label: string
  unit: string
  digits: number
  better: 'less' | 'more'
  /** Of Confab's own value, or of its ratio to Socket.IO's. */
  reach?: Reach
}

export type Reach = { of: 'value' | 'ratio' } & ({ atMost: number } | { atLeast: number })

export interface Run {
  system: System
  population: Population
  /** How long a phase of so many milliseconds lasts in this run. */
  lasting: (ms: number) => number
  /** Does the work, and calls the run void if the driver had no time left of its own meanwhile. */
  watched: <Result>(work: () => Promise<Result>) => Promise<Watched<Result>>
  callVoid: (reason: string) => void
}

export interface Watched<Result> {
  result: Result
  wallMs: number
  serverCpuMs: number
}

export const driverBusyMax = 0.9
