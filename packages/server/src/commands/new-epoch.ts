import type { Config } from '../config.ts'
import { openForCommand } from './open-for-command.ts'

/** `epoch new`, after a backup was restored: clients drop copies of what may never have happened here. */
export async function newEpoch(config: Config): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { engine } = await openForCommand(config, stack, { anew: true })
  process.stdout.write(`The epoch is now ${await engine.renewEpoch()}.\n`)
}
