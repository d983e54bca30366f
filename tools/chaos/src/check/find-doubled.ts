import type { Finding } from './finding.ts'
import { recordsOf, type View } from './view.ts'

/**
 * A conversation, a sender and a clientId are one message for ever, whichever answer or event tells of it.
 */
export function* findDoubled(view: View): Generator<Finding> {
  const seqs = new Map<string, number>()
  const told = new Set<string>()

  function* note(conversation: string, sender: string, clientId: string, seq: number): Generator<Finding> {
    const key = `${conversation} ${sender} ${clientId}`
    const first = seqs.get(key)
    if (first === undefined) seqs.set(key, seq)
    else if (first !== seq && !told.has(`${key} ${seq}`)) {
      told.add(`${key} ${seq}`)
      const detail = `${clientId} is seq ${first} and seq ${seq}`
      yield { kind: 'duplicated', conversation, detail }
    }
  }

  for (const { conversation, by, clientId, seq } of recordsOf(view, 'sent'))
    yield* note(conversation, by, clientId, seq)
  for (const { conversation, actor, clientId, seq } of recordsOf(view, 'event'))
    if (clientId !== undefined) yield* note(conversation, actor, clientId, seq)
}
