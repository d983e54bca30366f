import type { Redis } from 'ioredis'
import type { Clock } from '../../lib/clock.ts'
import type { RedisAddress } from '../../lib/redis-url.ts'
import type { Report } from '../../lib/report.ts'
import { createClient, pingOf } from './client.ts'
import { openLink } from './link.ts'
import { loadScripts, runScript, type Script, type ScriptWords } from './script.ts'
import { openShards, type Shards } from './shards.ts'
import type { Topology } from './topology.ts'

/** What is asked of Redis, each by the server that holds its key. */
export interface Commands extends Omit<Shards<never>, 'partOf' | 'partAt' | 'parts'> {
  /** Whether the server answers that holds a key. */
  isUpFor(key: string): boolean
  run(script: Script, words: ScriptWords): Promise<unknown>
  /** In one write for each server. Rejects where one of them was not taken. */
  publish(frames: readonly Frame[]): Promise<void>
  /** The connection to the server that holds a key, as far as one is known. */
  clientOf(key: string): Redis
}

export type Frame = readonly [channel: string, frame: string]

export function openCommands({
  address,
  topology,
  scripts,
  clock,
  report,
}: {
  address: RedisAddress
  topology: Topology
  scripts: readonly Script[]
  clock: Clock
  report: Report
}): Commands {
  const isCluster = address.kind === 'cluster'
  const shards = openShards({
    ...{ topology, clock, report },
    open({ host }) {
      const client = createClient(address, { host })
      // Before anything runs: a script that came back unknown would be overtaken by what was asked after it.
      const prepare = () => loadScripts(client, scripts)
      return { client, link: openLink({ client, clock, report, prepare, ping: pingOf(address, client) }) }
    },
  })

  function clientOf(key: string): Redis {
    const part = shards.partOf(key)
    if (!part) throw new Error('its server is not known')
    return part.client
  }

  const isUpFor = (key: string) => shards.partOf(key)?.link.isUp ?? false

  /**
   * Where a server says that another one has what it was asked for: that one, and whether it has it for good.
   */
  function redirection(cause: unknown): { client: Redis; isAsking: boolean } | undefined {
    const message = cause instanceof Error ? cause.message : ''
    const [, word, name = ''] = /^(MOVED|ASK) \d+ (\S+)/.exec(message) ?? []
    if (word === undefined) return undefined
    if (word === 'MOVED') topology.refresh()
    const part = shards.partAt(name)
    return part?.link.isUp ? { client: part.client, isAsking: word === 'ASK' } : undefined
  }

  async function publishAt(client: Redis, frames: readonly Frame[]): Promise<void> {
    const pipeline = client.pipeline()
    for (const [channel, frame] of frames) {
      if (isCluster) pipeline.spublish(channel, frame)
      else pipeline.publish(channel, frame)
    }
    const results = await pipeline.exec()
    await Promise.all(
      frames.map(async ([channel, frame], index) => {
        const [error] = results?.[index] ?? []
        if (!error) return
        const other = redirection(error)
        if (!other) throw error
        await other.client.spublish(channel, frame)
      }),
    )
  }

  return {
    get isUp() {
      return shards.isUp
    },
    get goodAt() {
      return shards.goodAt
    },
    begun: shards.begun,
    onUp: shards.onUp,
    isUpFor,
    clientOf,
    async run(script, words) {
      try {
        return await runScript(clientOf(words.keys[0]), script, words)
      } catch (cause) {
        const other = redirection(cause)
        if (!other) throw cause
        return runScript(other.client, script, words, other.isAsking)
      }
    },
    async publish(frames) {
      const groups = new Map<Redis, Frame[]>()
      for (const frame of frames) {
        if (!isUpFor(frame[0])) continue
        const client = clientOf(frame[0])
        const group = groups.get(client)
        if (group) group.push(frame)
        else groups.set(client, [frame])
      }
      // What can be told is, though another part can't.
      const told = await Promise.allSettled([...groups].map(([client, some]) => publishAt(client, some)))
      const failed = told.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
      if (!frames.every(([channel]) => isUpFor(channel))) throw new Error('a server is away')
    },
    [Symbol.asyncDispose]: shards[Symbol.asyncDispose],
  }
}
