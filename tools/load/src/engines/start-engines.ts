import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuMsOfTree } from '../measure/program.ts'
import { type EngineName, engineCommands, startEngine } from './engine.ts'

/**
 * PostgreSQL and Redis as a cluster has them, for a run alone: flushed to disk,
 * and on whichever core is free.
 */
export interface Engines extends AsyncDisposable {
  /** A node's settings. */
  readonly env: Record<string, string>
  /** CPU time that all their processes have used, in milliseconds. */
  cpuMs(): number
}

export async function startEngines({ root }: { root: string }): Promise<Engines> {
  await using opened = new AsyncDisposableStack()
  // PostgreSQL runs as its own user, and must be able to reach its data in there.
  const folder = mkdtempSync(join(tmpdir(), 'confab-engines-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o711)
  const dataDir = join(folder, 'files')
  mkdirSync(dataDir)
  const commands = engineCommands(root)
  const start = async (name: EngineName) =>
    opened.use(await startEngine({ name, folder, command: anywhere(commands[name]) }))
  const postgres = await start('postgres')
  const redis = await start('redis')
  const stack = opened.move()
  return {
    env: {
      DATA_DIR: dataDir,
      DATABASE_URL: `postgres://confab@127.0.0.1:${postgres.port}/postgres`,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      SECRET: 'a secret of the bench, of no worth to anybody',
    },
    cpuMs: () => cpuMsOfTree(postgres.pid) + cpuMsOfTree(redis.pid),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The driver is pinned, and what it starts would be with it. */
const anywhere =
  (command: (port: number, data: string) => readonly string[]) => (port: number, data: string) => [
    ...['taskset', '-c', '0,1'],
    ...command(port, data),
  ]
