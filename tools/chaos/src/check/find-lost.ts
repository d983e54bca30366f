import type { Finding } from './finding.ts'
import type { Action } from './history.ts'
import { recordsOf, type View } from './view.ts'

const typeOf: Partial<Record<Action, string>> = {
  edit: 'message.edited',
  delete: 'message.deleted',
  react: 'reaction.added',
  unreact: 'reaction.removed',
  add: 'member.joined',
  join: 'member.joined',
  remove: 'member.left',
  leave: 'member.left',
}

/** What was acknowledged must be in the log, at the seq that the answer named. */
export function* findLost(view: View): Generator<Finding> {
  for (const { conversation, client, clientId, seq, by } of recordsOf(view, 'sent')) {
    const stored = view.logs.get(conversation)?.get(seq)
    if (stored?.type === 'message.created' && stored.clientId === clientId && stored.actor === by) continue
    yield {
      kind: 'lost',
      conversation,
      client,
      detail: `the send ${clientId} was acknowledged as seq ${seq}, which is ${told(stored)}`,
    }
  }

  for (const { conversation, client, action, target, user, by, answer } of view.acts) {
    const type = typeOf[action]
    if (!answer || type === undefined) continue
    const log = view.logs.get(conversation)
    const fits = (event: { type: string; target?: number; user?: string } | undefined) =>
      event?.type === type && event.target === target && (user === undefined || event.user === user)
    if (answer.seq !== null) {
      const stored = log?.get(answer.seq)
      if (fits(stored) && stored?.actor === by) continue
    } else if (user === undefined || [...(log?.values() ?? [])].some(fits)) {
      // An answer without an event changed nothing; of a membership the answer never names one.
      continue
    }
    const what = `${action} of ${target ?? user}`
    yield { kind: 'lost', conversation, client, detail: `the ${what} was acknowledged and is not in the log` }
  }
}

const told = (event: { type: string; clientId?: string } | undefined) =>
  event ? `${event.type} ${event.clientId ?? ''}`.trim() : 'not in the log'
