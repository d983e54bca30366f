import { ConnectionOrder } from './connection-order.ts'
import type { Finding } from './finding.ts'
import { recordsOf, type View } from './view.ts'

/**
 * From its sync on, a connection gets every event of its conversations, in order and without a hole, and
 * what is still connected at the end has got all; the log itself has no hole; and what one connection sends
 * to one conversation is appended in the order in which it was sent.
 */
export function* findOutOfOrder(view: View): Generator<Finding> {
  for (const { conversation, client, head } of view.finals) {
    const log = view.logs.get(conversation)
    for (let seq = 1; seq <= head; seq++) {
      if (log?.has(seq)) continue
      yield { kind: 'gap', conversation, client, detail: `the log up to ${head} has no seq ${seq}` }
    }
  }

  const heads = new Map(view.finals.map(({ conversation, head }) => [conversation, head]))
  for (const { client, user, records } of view.histories) {
    const connections = new Map<string, ConnectionOrder>()
    const stillOpen = new Set<string>()
    for (const record of records) {
      if (!('connection' in record) || record.connection === undefined) continue
      const { connection } = record
      if (record.kind === 'opened') connections.set(connection, new ConnectionOrder(user))
      connections.get(connection)?.take(record)
      if (record.kind === 'still-open') stillOpen.add(connection)
    }
    for (const [connection, order] of connections) {
      order.end(stillOpen.has(connection) ? heads : undefined)
      for (const { kind, conversation, detail } of order.troubles)
        yield { kind, conversation, client, detail: `${connection}: ${detail}` }
    }
  }
  yield* findSendsReordered(view)
}

/** Looks at what was answered at its first try, over the connection that it was tried on. */
function* findSendsReordered(view: View): Generator<Finding> {
  const seqs = seqsOfFirstTries(view)
  const tried = new Set<string>()
  const latest = new Map<string, number>()
  for (const { client, connection, conversation, clientId } of recordsOf(view, 'send')) {
    const message = `${client} ${conversation} ${clientId}`
    const seq = tried.has(message) ? undefined : seqs.get(`${connection} ${message}`)
    tried.add(message)
    if (connection === undefined || seq === undefined) continue
    const line = `${connection} ${conversation}`
    const before = latest.get(line) ?? 0
    if (seq < before) {
      const detail = `${connection}: ${clientId} became seq ${seq}, and what was sent before it ${before}`
      yield { kind: 'reordered', conversation, client, detail }
    }
    latest.set(line, Math.max(before, seq))
  }
}

function seqsOfFirstTries(view: View): Map<string, number> {
  const tries = new Map<string, number>()
  const seqs = new Map<string, number>()
  for (const record of recordsOf(view, 'send', 'sent')) {
    const message = `${record.client} ${record.conversation} ${record.clientId}`
    const count = tries.get(message) ?? 0
    if (record.kind === 'send') tries.set(message, count + 1)
    else if (count === 1) seqs.set(`${record.connection} ${message}`, record.seq)
  }
  return seqs
}
