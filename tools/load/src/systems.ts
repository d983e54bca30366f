import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { ChatClient, OnTrouble } from './clients/chat-client.ts'
import { type ConfabClient, connectConfab } from './clients/connect-confab.ts'
import { connectSocketIo } from './clients/connect-socket-io.ts'
import { type Program, startProgram } from './measure/program.ts'
import type { Population } from './population.ts'

export type SystemName = 'confab' | 'socket.io'

/** A server under measurement, with a population behind it. */
export interface System extends AsyncDisposable {
  readonly name: SystemName
  readonly program: Program
  connect(user: number): Promise<ChatClient>
  /** One of Confab's own; trouble may be expected of it, and is then told to `onTrouble` alone. */
  connectConfab(user: number, onTrouble?: OnTrouble): Promise<ConfabClient>
  /** Rejects as soon as a connection is closed or refused something: then nothing measured here counts. */
  readonly trouble: Promise<never>
}

export interface SystemOptions {
  population: Population
  root: string
  /** A new folder for this run alone. */
  folder: string
  core: number
  serverEnv: Record<string, string>
  /** Where the runtime's profile goes, if one is wanted. */
  profileTo: string | undefined
}

export async function startSystem(name: SystemName, options: SystemOptions): Promise<System> {
  const program = await (name === 'confab' ? startConfab(options) : startSocketIo(options))
  const { port } = program
  const { users } = options.population
  const { promise: trouble, reject } = Promise.withResolvers<never>()
  const onTrouble = (told: string) => reject(new Error(`${name}: ${told}`))
  trouble.catch(() => undefined)
  const accountOf = (user: number) => {
    const account = users[user]
    if (!account) throw new Error(`there are only ${users.length} users`)
    return account
  }
  return {
    name,
    program,
    trouble,
    async connect(user) {
      const account = accountOf(user)
      return name === 'confab'
        ? connectConfab({ port, ...account, onTrouble })
        : connectSocketIo({ port, onTrouble })
    },
    connectConfab: async (user, onExpected = onTrouble) =>
      connectConfab({ port, ...accountOf(user), onTrouble: onExpected }),
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
    },
  }
}

const portIn = /http:\/\/[\w.]+:(\d+)/

function startConfab({ population, root, folder, core, serverEnv, profileTo }: SystemOptions) {
  const data = join(folder, 'data')
  cpSync(population.folder, data, { recursive: true })
  const profiling = profileTo ? ['--cpu-prof', '--cpu-prof-md', `--cpu-prof-dir=${profileTo}`] : []
  return startProgram({
    command: [process.execPath, ...profiling, 'packages/server/src/main.ts'],
    env: { ...serverEnv, DATA_DIR: data },
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
