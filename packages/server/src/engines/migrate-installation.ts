import { join } from 'node:path'
import type { Config } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { openLog, reportTo } from '../lib/log.ts'
import type { Progress } from '../lib/progress.ts'
import { accountsSecret } from './account-tables.ts'
import { type Place, parseMigrateWords } from './migrate-words.ts'
import { leaveSecret, movedSecret } from './moved-secret.ts'
import { hasDatabase, openMovedSide } from './open-moved-side.ts'

/**
 * `migrate --from … --to …`: moves everything an installation keeps to another engine, and says so on both.
 */
export async function migrateInstallation(
  config: Config,
  words: readonly string[],
  progress: Progress,
): Promise<void> {
  const { MoveRefused } = await import('../drivers/sql/moving/side.ts')
  const { move } = await import('../drivers/sql/moving/move.ts')
  const { goesOn } = await import('../drivers/sql/moving/goes-on.ts')
  const { opensSecrets } = await import('../drivers/better-auth/opens-secrets.ts')
  const { copyBlobs } = await import('../drivers/fs/copy-blobs.ts')

  const { from, to } = parseMigrateWords(words)
  if ('folder' in from && !hasDatabase(from.folder))
    throw new MoveRefused(`${from.folder} holds no installation`)
  const secret = movedSecret(config.secret, { from, to })
  const report = reportTo(await openLog(config.logLevel))
  await using stack = new AsyncDisposableStack()
  const opening = { secret, report }
  const source = await openMovedSide(from, opening, stack)
  const target = await openMovedSide(to, opening, stack)
  let files = 0
  let allRows = 0
  const startedAt = systemClock.elapsed()
  await goesOn(() =>
    move({
      source: source.side,
      target: target.side,
      secret,
      async opens() {
        return (await opensSecrets(source.side.statements, accountsSecret(secret))) !== false
      },
      async build() {
        leaveSecret(secret, { to })
        await target.build()
      },
      async beforeEnd() {
        files = await copyBlobs(blobsOf(from, config), blobsOf(to, config))
      },
      tell: (step, table, rows, total) => progress.tell(`${table} ${step}`, rows, total),
      tellEqual({ table, rows, digest }) {
        allRows += rows
        progress.line(`${table}: ${rows} rows are equal, SHA-256 ${digest.slice(0, 16)}`)
      },
    }),
  )
  const seconds = Math.ceil((systemClock.elapsed() - startedAt) / 1_000)
  progress.line(`${allRows} rows and ${files} files; this run took ${seconds} s.`)
  progress.line(
    `Moved to ${target.side.place}: start the server there, with the same SECRET and ENCRYPTION_KEYS.`,
  )
}

const blobsOf = (place: Place, config: Config): string =>
  join('folder' in place ? place.folder : config.dataDir, 'blobs')
