import type { Config } from '../config.ts'
import { migrateInstallation } from '../engines/migrate-installation.ts'
import { openProgress } from '../lib/progress.ts'

/** `migrate`, between SQLite and PostgreSQL: how far it has come is told on the standard output. */
export async function migrate(config: Config, words: string[]): Promise<void> {
  const progress = openProgress({
    write: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    now: performance.now.bind(performance),
  })
  await migrateInstallation(config, words, progress)
}
