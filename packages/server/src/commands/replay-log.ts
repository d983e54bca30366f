import type { Config } from '../config.ts'
import { openKafkaLog } from '../engines/open-event-log.ts'
import { systemClock } from '../lib/clock.ts'
import { parseReplayWords } from '../replay/parse-replay-words.ts'
import { replay } from '../replay/replay.ts'
import { openForCommand } from './open-for-command.ts'

/** `replay`: everything that happened, from a point on, for whoever builds something of it anew. */
export async function replayLog(config: Config, words: string[]): Promise<void> {
  const { from, group } = parseReplayWords(words)
  await using stack = new AsyncDisposableStack()
  const { engine, report } = await openForCommand(config, stack, { company: 'beside others' })
  const own = engine.log
  const log = (await openKafkaLog({ config, own, clock: systemClock, report }, stack))?.log ?? own
  if (group !== undefined) {
    await log.rewind(group, from)
    process.stdout.write(`'${group}' begins again.\n`)
    return
  }
  const count = await replay(log, from, async (text) => void (await Bun.write(Bun.stdout, text)))
  process.stderr.write(`confab: ${count} events\n`)
}
