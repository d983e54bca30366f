import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type UserId, userId } from '@confab/protocol/ids'
import { endEngine, engineSettings } from './test-engine.ts'

/** The real program, as a process of its own, on a free port and fresh data. */
export interface TestServer extends AsyncDisposable {
  /** Where it is asked: PUBLIC_URL, or the address that it listens on where that is somewhere else. */
  url: string
  dataDir: string
  pid: number
  /** Signs a person in by the code in the preview inbox; the first time makes the account. */
  signIn(email: string): Promise<Person>
  /** Calls as a person, or as nobody, with a body sent as JSON. */
  call(as: Pick<Person, 'token'> | undefined, request: string, body?: unknown): Promise<Answer>
  /** Signals the process and answers how it ended. */
  stop(signal?: NodeJS.Signals): Promise<number>
  /** What it has written to the standard error so far, which is its log, and to the standard output. */
  log(): string
  said(): string
  /** Once its log holds a text, so many times. */
  logs(text: string, times?: number): Promise<void>
}

export interface Person {
  id: UserId
  email: string
  token: string
}

export interface Answer {
  status: number
  headers: Headers
  /** The JSON, or undefined where there is no body. */
  body: unknown
}

/**
 * Starts a server with further settings. Given a `dataDir`, it serves what an earlier one left there, and
 * the caller removes it; otherwise the folder goes with the server. `under` is a command that runs the server
 * as its child and ends with it, such as a tracer; `stop` signals the server itself.
 */
export async function startServer(
  settings: Record<string, string> = {},
  { dataDir, under = [] }: { dataDir?: string; under?: readonly string[] } = {},
): Promise<TestServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'confab-server-')))
  const { child, output } = await spawnServer({ DATA_DIR: folder, ...settings }, { under })
  const address = await output.find(/^ {2}on +(\S+)\n/m)
  if (address === undefined) {
    const status = await child.exited
    throw new Error(`the server ended with status ${status}: ${await output.errors()}`)
  }

  const url = settings.PUBLIC_URL ? `http://${address}` : `http://localhost:${address.split(':').at(-1)}`

  const isUnder = under.length > 0
  const pid = isUnder ? await childOf(child.pid) : child.pid

  async function stop(signal: NodeJS.Signals = 'SIGTERM') {
    if (!isUnder) child.kill(signal)
    else if (child.exitCode === null) process.kill(pid, signal)
    return child.exited
  }

  const server: TestServer = {
    url,
    dataDir: folder,
    pid,
    stop,
    log: output.log,
    said: output.heard,
    logs: output.logs,
    signIn: (email) => signIn(server, email),
    call: callsTo(url),
    async [Symbol.asyncDispose]() {
      await stop()
      if (dataDir !== undefined) return
      await rm(folder, { recursive: true, force: true })
      await endEngine(folder)
    },
  }
  return server
}

/** Calls of an address: the server's, or a proxy's before it. */
export const callsTo =
  (url: string): TestServer['call'] =>
  async (as, request, body) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(as && { Authorization: `Bearer ${as.token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined }
  }

/** Runs the program to its end, for starts that are refused and for commands. */
export async function runServer(settings: Record<string, string>, words: string[] = []) {
  const { child, output } = await spawnServer(settings, { words })
  const [status, errors, said] = await Promise.all([child.exited, output.errors(), output.said()])
  return { status, errors, said }
}

const childOf = async (pid: number) => Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))

/** Starts the program, or a command of it. */
export async function spawnServer(
  settings: Record<string, string>,
  { words = [], under = [] }: { words?: readonly string[]; under?: readonly string[] } = {},
) {
  const main = join(import.meta.dir, '../src/main.ts')
  const engine = await engineSettings(settings.DATA_DIR ?? '')
  const child = Bun.spawn([...under, process.execPath, main, ...words], {
    // Nothing of the environment that could be a setting.
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', PORT: '0' },
      ...engine,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, output: readOutput(child) }
}

/** Both streams are read all the time, so that a full pipe never holds the server up. */
function readOutput(child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>) {
  let errors = ''
  const looking = new Set<() => void>()
  const erred = (async () => {
    const decoder = new TextDecoder()
    for await (const part of child.stderr) {
      errors += decoder.decode(part, { stream: true })
      for (const look of looking) look()
    }
  })()

  let said = ''
  const heard = new Set<() => void>()
  const ended = (async () => {
    const decoder = new TextDecoder()
    for await (const part of child.stdout) {
      said += decoder.decode(part, { stream: true })
      for (const hear of heard) hear()
    }
  })()

  return {
    log: () => errors,
    heard: () => said,
    async logs(text: string, times = 1) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => errors.split(text).length > times && resolve()
      looking.add(look)
      look()
      await promise
      looking.delete(look)
    },
    async errors() {
      await erred
      return errors
    },
    async said() {
      await ended
      return said
    },
    /** The first group of the first match; undefined if the output ends without one. */
    async find(pattern: RegExp): Promise<string | undefined> {
      const { promise, resolve } = Promise.withResolvers<void>()
      const hear = () => pattern.test(said) && resolve()
      heard.add(hear)
      hear()
      await Promise.race([promise, ended])
      heard.delete(hear)
      return pattern.exec(said)?.[1]
    },
  }
}

/** Signs in, through a proxy and saying another address than one's own where that is told. */
export async function signIn(
  server: TestServer,
  email: string,
  { through = server.url, forwardedFor }: { through?: string; forwardedFor?: string } = {},
): Promise<Person> {
  const post = (path: string, body: object) =>
    fetch(`${through}/api/auth/${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(forwardedFor !== undefined && { 'X-Forwarded-For': forwardedFor }),
      },
      body: JSON.stringify(body),
    })
  const sent = await post('email-otp/send-verification-otp', { email, type: 'sign-in' })
  if (!sent.ok) throw new Error(`no code for ${email}: ${sent.status} ${await sent.text()}`)
  const inbox = await fetch(`${server.url}/api/dev/mail?to=${encodeURIComponent(email)}`)
  const { items } = (await inbox.json()) as { items: { text: string }[] }
  const otp = /\b\d{6}\b/.exec(items[0]?.text ?? '')?.[0]
  const answer = await post('sign-in/email-otp', { email, otp })
  const token = answer.headers.get('set-auth-token')
  if (!token) throw new Error(`${email} was not signed in: ${answer.status} ${await answer.text()}`)
  const { user } = (await answer.json()) as { user: { id: string } }
  return { id: userId.parse(user.id), email, token }
}
