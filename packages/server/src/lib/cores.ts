import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * How many cores this process may use: those it may run on,
 * or fewer where its container is granted less time.
 */
export function usableCores(): number {
  return coresWithin(availableParallelism(), readQuota())
}

/** The quota as cgroups of version 2 tell it: `200000 100000` is two cores' time, `max 100000` is all. */
export function coresWithin(cores: number, quota: string | undefined): number {
  const [, granted, period] = /^(\d+) (\d+)/.exec(quota ?? '') ?? []
  return granted === undefined
    ? cores
    : Math.max(1, Math.min(cores, Math.ceil(Number(granted) / Number(period))))
}

function readQuota(): string | undefined {
  try {
    return readFileSync('/sys/fs/cgroup/cpu.max', 'utf8')
  } catch {
    // No such file: another system, or no container.
    return undefined
  }
}
