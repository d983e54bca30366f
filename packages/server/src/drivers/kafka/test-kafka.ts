import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../lib/assert.ts'
import { parseKafkaAddress } from '../../lib/kafka-address.ts'
import { freePort } from '../../lib/test-port.ts'

const script = join(import.meta.dir, '../../../../../tools/kafka')

/** Where `tools/services` says that a Kafka runs for the tests; without one they are skipped. */
export const testKafka = process.env.TEST_KAFKA_BROKERS
/** Where none could be had at all, they aren't there: a build doesn't fail because Maven Central is away. */
export const isKafkaAbsent = process.env.TEST_KAFKA_ABSENT !== undefined

/** A topic of a test's own on that one. */
export const testAddress = (): string => `${testKafka}/test-${crypto.randomUUID()}?partitions=3`

export function addressOf(text: string) {
  const address = parseKafkaAddress(text)
  assert(address, `${text} is no address`)
  return address
}

/** A Kafka of a test's own, to be killed, frozen and started again on the same port and data. */
export interface TestKafka extends AsyncDisposable {
  port: number
  url: string
  /** Where a file of its own lies. */
  file(name: string): string
  start(): Promise<void>
  /** Nothing is said to it beforehand. */
  kill(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/**
 * `settings` are lines of kafka.properties, `files` what they name,
 * `words` go to the first run of tools/kafka.
 */
export async function startTestKafka({
  settings = () => [],
  files = {},
  words = [],
  listeners = '',
}: {
  settings?: (own: { folder: string; port: number }) => string[]
  files?: Record<string, string>
  words?: string[]
  /** Further ones, as tools/kafka has them named. */
  listeners?: string
} = {}): Promise<TestKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-kafka-'))
  const port = await freePort()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(join(folder, 'kafka.properties'), settings({ folder, port }).join('\n'))
  let child: Bun.Subprocess<'ignore', 'pipe', 'ignore'> | undefined

  async function start(): Promise<void> {
    child = Bun.spawn([script, folder, `${port}`, ...words], {
      env: { ...process.env, KAFKA_LISTENERS: listeners },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    for await (const part of child.stdout) {
      said += Buffer.from(part).toString()
      if (said.includes('Kafka Server started')) return
    }
    throw new Error(`Kafka ended before it had started: ${said.slice(-2_000)}`)
  }
  const signal = async (name: NodeJS.Signals) =>
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), name)

  await start()
  return {
    port,
    url: `kafka://127.0.0.1:${port}`,
    file: (name) => join(folder, name),
    start,
    async kill() {
      await signal('SIGKILL')
      await child?.exited
    },
    freeze: async () => void (await signal('SIGSTOP')),
    thaw: async () => void (await signal('SIGCONT')),
    async [Symbol.asyncDispose]() {
      child?.kill('SIGTERM')
      await child?.exited
      await rm(folder, { recursive: true })
    },
  }
}
