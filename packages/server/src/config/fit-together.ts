import type { z } from 'zod'
import { isLoopbackUrl } from '../lib/loopback.ts'
import type { Settings } from './settings.ts'

/** Refuses settings that are each right, and together are not. */
export function fitTogether(given: Settings, context: z.RefinementCtx): void {
  keepDemoToThisMachine(given, context)
  shareSecret(given, context)
  shareEngines(given, context)
  standBeside(given, context)
  connectToShards(given, context)
}

/** Anybody who reaches a demo is anybody in it, the administrator too. */
function keepDemoToThisMachine(
  { DEMO, HOST, PUBLIC_URL, SMTP_URL, DATABASE_URL }: Settings,
  context: z.RefinementCtx,
) {
  if (DEMO !== 'on') return
  const refuse = (why: string) => context.addIssue({ code: 'custom', path: ['DEMO'], message: why })
  if (SMTP_URL !== undefined) refuse('must be off together with SMTP_URL')
  if (DATABASE_URL !== undefined)
    refuse('must be off together with DATABASE_URL: it begins anew at each start')
  if (!isLoopbackUrl(`http://${HOST.includes(':') ? `[${HOST}]` : HOST}`))
    refuse('must be off where others can come in: HOST isn’t loopback')
  if (PUBLIC_URL !== undefined && !isLoopbackUrl(PUBLIC_URL))
    refuse('must be off where others can come in: PUBLIC_URL isn’t loopback')
}

/**
 * Whoever serves the same database signs with the same secret, and a folder of one node is not the others'.
 */
function shareSecret({ DATABASE_URL, SECRET }: Settings, context: z.RefinementCtx) {
  if (DATABASE_URL === undefined || SECRET !== undefined) return
  const message = 'must be set together with DATABASE_URL: all nodes sign and seal with the same'
  context.addIssue({ code: 'custom', path: ['SECRET'], message })
}

/**
 * Several processes are as many servers, which meet on engines that they share; a data folder is one's alone.
 */
function shareEngines({ PROCESSES, DATABASE_URL, REDIS_URL }: Settings, context: z.RefinementCtx) {
  if (PROCESSES === 'auto' || PROCESSES === 1) return
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['PROCESSES'], message })
  if (DATABASE_URL === undefined)
    refuse('must be 1 or auto on SQLite: its data folder is one process’s alone')
  else if (REDIS_URL === undefined)
    refuse('must be 1 or auto without REDIS_URL: several processes meet there')
}

/** What stands beside a primary, or is said of it, needs one. */
function standBeside(given: Settings, context: z.RefinementCtx) {
  if (given.DATABASE_URL !== undefined) return
  const refuse = (name: string) =>
    context.addIssue({ code: 'custom', path: [name], message: 'must be set together with DATABASE_URL' })
  if (given.DATABASE_SHARDS > 1) refuse('DATABASE_SHARDS')
  if (given.DATABASE_REPLICA_URLS.length > 0) refuse('DATABASE_REPLICA_URLS')
  if (given.DATABASE_STANDBY === 'required') refuse('DATABASE_STANDBY')
}

/** Each shard has two queues, and there is one more: one that is held keeps the connections of its own. */
function connectToShards({ DATABASE_SHARDS, DATABASE_CONNECTIONS }: Settings, context: z.RefinementCtx) {
  const most = Math.max(1, Math.floor(DATABASE_CONNECTIONS / 2) - 1)
  if (DATABASE_SHARDS <= most) return
  const message = `must be at most ${most} with DATABASE_CONNECTIONS at ${DATABASE_CONNECTIONS}: it takes 2 a shard and 2 more`
  context.addIssue({ code: 'custom', path: ['DATABASE_SHARDS'], message })
}
