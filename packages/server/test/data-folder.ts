import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for data that outlives a server, removed with the test. */
export async function openDataFolder(): Promise<AsyncDisposable & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-data-'))
  return { dataDir, [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) }
}
