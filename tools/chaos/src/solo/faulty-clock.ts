import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The wall clock of the server alone, by libfaketime; timers go by another clock, and stay true. */
export interface FaultyClock {
  /** For the environment of the server. */
  readonly env: Record<string, string>
  step(seconds: number): void
}

/**
 * The library of Debian's package libfaketime, for programs of several threads;
 * undefined where it is missing.
 */
export function findFaketime(): string | undefined {
  const folders = ['/usr/lib/faketime', ...machineFolders('/usr/lib'), ...machineFolders('/usr/lib64')]
  return folders.map((folder) => join(folder, 'libfaketimeMT.so.1')).find((file) => existsSync(file))
}

const machineFolders = (parent: string): string[] =>
  existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name, 'faketime')) : []

export function openFaultyClock(library: string, folder: string): FaultyClock {
  const file = join(folder, 'clock')
  const step = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  step(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      // Looked at at every call: else a step would show up to 10 s later.
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    step,
  }
}
