import { join } from 'node:path'

/** Settings that start a server whose store takes its time: see slow-store.ts, which this must not import. */
export const withSlowStore = { BUN_OPTIONS: `--preload ${join(import.meta.dir, 'slow-store.ts')}` }

export const stores = [
  ['the store as it is', {}],
  ['a slow store', withSlowStore],
] as const
