import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { ChatClient, OnTrouble } from './clients/chat-client.ts'
import { type ConfabClient, connectConfab } from './clients/connect-confab.ts'
import { connectSocketIo } from './clients/connect-socket-io.ts'
import { type Engines, startEngines } from './engines/start-engines.ts'
import { type Program, startProgram } from './measure/program.ts'
import { type Population, type PopulationSize, seedPopulation } from './population.ts'

/** `cluster` is Confab on PostgreSQL and Redis, one node of it, or two. */
export type SystemName = 'confab' | 'socket.io' | 'cluster' | 'two nodes'

/** A server under measurement, with a population behind it. */
export interface System extends AsyncDisposable {
  readonly name: SystemName
  /** The first server; a cluster may have another. */
  readonly program: Program
  readonly population: Population
  /** CPU time of all servers, and of the engines that they need, in milliseconds. */
  cpuMs(): number
  /** What of it the engines used; undefined where there are none. */
  enginesCpuMs(): number | undefined
  /** Spread over the servers: the users of even index to the first. */
  connect(user: number): Promise<ChatClient>
  /** One of Confab's own; trouble may be expected of it, and is then told to `onTrouble` alone. */
  connectConfab(user: number, onTrouble?: OnTrouble): Promise<ConfabClient>
  /** Rejects as soon as a connection is closed or refused something: then nothing measured here counts. */
  readonly trouble: Promise<never>
}

export interface SystemOptions {
  /** For those on a data folder, which each copies. */
  population: Population
  /** For those on engines, which are started anew and filled. */
  size: PopulationSize
  root: string
  /** A new folder for this run alone. */
  folder: string
  core: number
  serverEnv: Record<string, string>
  /** Where the runtime's profile goes, if one is wanted. */
  profileTo: string | undefined
}

export async function startSystem(name: SystemName, options: SystemOptions): Promise<System> {
  await using opened = new AsyncDisposableStack()
  const { programs, engines, population } = await startAll(name, options, opened)
  const [program] = programs
  const { users } = population
  const portOf = (user: number) => (programs[user % programs.length] ?? program).port
  const { promise: trouble, reject } = Promise.withResolvers<never>()
  const onTrouble = (told: string) => reject(new Error(`${name}: ${told}`))
  trouble.catch(() => undefined)
  const accountOf = (user: number) => {
    const account = users[user]
    if (!account) throw new Error(`there are only ${users.length} users`)
    return account
  }
  const stack = opened.move()
  return {
    name,
    program,
    population,
    cpuMs: () => programs.reduce((sum, one) => sum + one.cpuMs(), engines?.cpuMs() ?? 0),
    enginesCpuMs: () => engines?.cpuMs(),
    trouble,
    async connect(user) {
      const account = accountOf(user)
      return name === 'socket.io'
        ? connectSocketIo({ port: portOf(user), onTrouble })
        : connectConfab({ port: portOf(user), ...account, onTrouble })
    },
    connectConfab: async (user, onExpected = onTrouble) =>
      connectConfab({ port: portOf(user), ...accountOf(user), onTrouble: onExpected }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

interface Started {
  programs: readonly [Program, ...Program[]]
  engines?: Engines
  population: Population
}

async function startAll(
  name: SystemName,
  options: SystemOptions,
  opened: AsyncDisposableStack,
): Promise<Started> {
  const { population } = options
  if (name === 'confab') return { population, programs: [opened.use(await startConfab(options))] }
  if (name === 'socket.io') return { population, programs: [opened.use(await startSocketIo(options))] }
  const engines = opened.use(await startEngines(options))
  const clustered = { ...options, serverEnv: { ...options.serverEnv, ...engines.env } }
  const seeded = await seedPopulation(options.size, { ...clustered, folder: join(options.folder, 'seeded') })
  const first = opened.use(await startNode(clustered))
  const others = name === 'two nodes' ? [opened.use(await startNode(clustered))] : []
  return { engines, population: seeded, programs: [first, ...others] }
}

const portIn = /http:\/\/[\w.]+:(\d+)/

function startConfab(options: SystemOptions) {
  const data = join(options.folder, 'data')
  cpSync(options.population.folder, data, { recursive: true })
  return startNode({ ...options, serverEnv: { ...options.serverEnv, DATA_DIR: data } })
}

function startNode({ root, core, serverEnv, profileTo }: SystemOptions) {
  const profiling = profileTo ? ['--cpu-prof', '--cpu-prof-md', `--cpu-prof-dir=${profileTo}`] : []
  return startProgram({
    command: [process.execPath, ...profiling, 'packages/server/src/main.ts'],
    env: serverEnv,
    cwd: root,
    core,
    portIn,
  })
}

const startSocketIo = ({ root, core }: SystemOptions) =>
  startProgram({
    command: ['node', 'tools/load/comparator/socket-io.mjs'],
    env: { NODE_ENV: 'production' },
    cwd: root,
    core,
    portIn,
  })
