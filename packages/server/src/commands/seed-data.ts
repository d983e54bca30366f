import type { Config } from '../config.ts'
import { parseSeedWords } from '../seed/parse-seed-words.ts'
import { seed } from '../seed/seed.ts'
import { openForCommand } from './open-for-command.ts'

/** `seed`, for benchmarks and trials: fills an empty data folder with people, conversations and messages. */
export async function seedData(config: Config, words: string[]): Promise<void> {
  const { addSignedInAccounts } = await import('../drivers/better-auth/add-accounts.ts')
  const { out, ...size } = parseSeedWords(words)
  await using stack = new AsyncDisposableStack()
  const { engine } = await openForCommand(config, stack)
  const { store, statements, gatherStatistics } = engine
  const seeded = await seed(
    {
      store,
      addAccounts: (made) => addSignedInAccounts(statements, made),
      gatherStatistics,
      newId: Bun.randomUUIDv7,
      now: Date.now,
    },
    size,
  )
  if (out !== undefined) await Bun.write(out, JSON.stringify(seeded), { mode: 0o600 })
  process.stdout.write(`${seeded.users.length} people in ${seeded.conversations.length} conversations\n`)
}
