import { readFileSync } from 'node:fs'
import { type ChannelModel, connect, credentials } from 'amqplib'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'

/** A broker that is frozen or cut off is noticed after two or three of these. */
const heartbeatSeconds = 10
const connectMs = 5_000
const pauses = { firstMs: 200, mostMs: 5_000 }
const closeMs = 1_000

/** A connection to one of several brokers that stand for each other, made again whenever it is lost. */
export interface Broker extends AsyncDisposable {
  /** Undefined while there is none. */
  readonly connection: ChannelModel | undefined
  /** Gives up a connection that has gone wrong; another is made. */
  drop(connection: ChannelModel, cause: unknown): void
}

/**
 * Never waits for the broker: whether one is there or not, this answers at once. Each connection is handed to
 * `begin`, and is good when that is through; a failed one is given up. Throws UnreadableCertificate.
 */
export function openBroker({
  urls,
  clock,
  report,
  random,
  begin,
  onUp,
}: {
  /**
   * With `cacertfile`, `certfile` and `keyfile`, PEM files for `amqps`, and `auth_mechanism=external` where
   * the certificate says who one is, as RabbitMQ's own addresses name them.
   */
  urls: readonly string[]
  clock: Clock
  report: Report
  random: () => number
  begin: (connection: ChannelModel) => Promise<void>
  onUp: () => void
}): Broker {
  const addresses = urls.map(addressOf)
  // Nodes that start together spread over the brokers.
  let turn = Math.floor(random() * addresses.length)
  let current: ChannelModel | undefined
  let isUp = false
  let isClosed = false
  let failures = 0
  let cancelTimer = (): void => undefined

  async function open(): Promise<void> {
    const address = addresses[turn++ % addresses.length]
    if (address === undefined) return
    let connection: ChannelModel | undefined
    try {
      connection = await connectInTime(address)
      if (isClosed) return void (await close(connection))
      await use(connection)
    } catch (cause) {
      if (connection === undefined) again(address.place, cause)
      else drop(connection, cause)
    }
  }

  /** The client's own bound doesn't hold where a server hangs up in the middle of a handshake. */
  async function connectInTime({ url, how }: ReturnType<typeof addressOf>): Promise<ChannelModel> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const connecting = connect(url, { ...how, timeout: connectMs, noDelay: true })
    let isLate = false
    const cancel = clock.after(connectMs, () => {
      isLate = true
      reject(new Error('it does not answer'))
    })
    connecting.then(
      (connection) => (isLate ? close(connection) : undefined),
      () => undefined,
    )
    return Promise.race([connecting, late]).finally(cancel)
  }

  async function use(connection: ChannelModel): Promise<void> {
    current = connection
    let why: unknown = new Error('the connection was closed')
    connection.on('error', (cause) => {
      why = cause
    })
    connection.on('close', (cause) => drop(connection, cause ?? why))
    await begin(connection)
    if (current !== connection) return
    isUp = true
    failures = 0
    onUp()
  }

  function drop(connection: ChannelModel, cause: unknown): void {
    if (current !== connection) return
    current = undefined
    isUp = false
    // Not waited for: a frozen broker never says goodbye, and its heartbeats end it.
    void close(connection)
    again('RabbitMQ', cause)
  }

  /** The first failure is told, not every one. Full jitter, so that not all nodes come back at once. */
  function again(place: string, cause: unknown): void {
    if (isClosed) return
    if (failures === 0) report(`${place} is away: jobs wait until it is back`, cause)
    cancelTimer = clock.after(backoffMs(failures++, { ...pauses, random }), () => void open())
  }

  const close = (connection: ChannelModel) => connection.close().catch(() => undefined)

  void open()
  return {
    get connection() {
      return isUp ? current : undefined
    },
    drop,
    async [Symbol.asyncDispose]() {
      isClosed = true
      cancelTimer()
      const connection = current
      current = undefined
      isUp = false
      if (connection) await Promise.race([close(connection), Bun.sleep(closeMs)])
    },
  }
}

/** A file that `AMQP_URL` names and that can't be read. */
export class UnreadableCertificate extends Error {
  override readonly name = 'UnreadableCertificate'
  /** EX_CONFIG of sysexits.h. */
  readonly exitStatus = 78
}

const files = { cacertfile: 'ca', certfile: 'cert', keyfile: 'key' } as const

/** The address as the client takes it, and the certificates that it names. */
function addressOf(text: string) {
  const url = new URL(text)
  const tls: { ca?: string; cert?: string; key?: string } = {}
  for (const word of ['cacertfile', 'certfile', 'keyfile'] as const) {
    const path = url.searchParams.get(word)
    if (path !== null) tls[files[word]] = readPem(word, path)
    url.searchParams.delete(word)
  }
  const isExternal = url.searchParams.get('auth_mechanism') === 'external'
  url.searchParams.delete('auth_mechanism')
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', `${heartbeatSeconds}`)
  const how = { ...tls, ...(isExternal && { credentials: credentials.external() }) }
  return { url: url.href, place: `RabbitMQ at ${url.host}`, how }
}

function readPem(word: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnreadableCertificate(`AMQP_URL: ${word} can't be read: ${reason}`, { cause })
  }
}
