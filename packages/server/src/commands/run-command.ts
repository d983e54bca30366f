import type { Config } from '../config.ts'

/** Does what the words name, once. Throws errors that carry the exit status which they end the process with. */
export async function runCommand(config: Config, words: string[]): Promise<void> {
  const [command, ...rest] = words
  if (command === 'epoch' && rest.join(' ') === 'new') {
    const { newEpoch } = await import('./new-epoch.ts')
    await newEpoch(config)
  } else if (command === 'reseal' && (rest.length === 0 || rest.join(' ') === 'clear')) {
    const { reseal } = await import('./reseal.ts')
    await reseal(config, { clear: rest.length > 0 })
  } else if (command === 'seed') {
    const { seedData } = await import('./seed-data.ts')
    await seedData(config, rest)
  } else if (command === 'migrate') {
    const { migrate } = await import('./migrate.ts')
    await migrate(config, rest)
  } else if (command === 'remove-second-factor' && rest.length === 1) {
    const { removeSecondFactor } = await import('./remove-second-factor.ts')
    await removeSecondFactor(config, rest.join())
  } else if (command === 'replay') {
    const { replayLog } = await import('./replay-log.ts')
    await replayLog(config, rest)
  } else throw new WrongCommand(words)
}

class WrongCommand extends Error {
  /** EX_USAGE of sysexits.h. */
  readonly exitStatus = 64
  constructor(words: string[]) {
    super(
      `no command '${words.join(' ')}': say nothing to serve, epoch new, reseal, reseal clear, replay, migrate, remove-second-factor, or seed`,
    )
  }
}
