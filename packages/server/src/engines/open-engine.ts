import type { Engine, EngineSettings } from './engine.ts'

/**
 * Opens PostgreSQL where `DATABASE_URL` says where, else SQLite in the data folder. What it opens is closed
 * with the stack, in the reverse order.
 */
export async function openEngine(settings: EngineSettings, stack: AsyncDisposableStack): Promise<Engine> {
  if (settings.config.postgres === undefined) {
    const { openSqliteEngine } = await import('./sqlite-engine.ts')
    return openSqliteEngine(settings, stack)
  }
  const { openPostgresEngine } = await import('./postgres-engine.ts')
  return openPostgresEngine({ ...settings, ...settings.config.postgres }, stack)
}
