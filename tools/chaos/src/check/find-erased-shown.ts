import type { Finding } from './finding.ts'
import { type Act, messageKey, recordsOf, type View } from './view.ts'

/**
 * After a deletion or an edit was acknowledged, no answer to whatever is asked from then on shows the old
 * text; and a connection that was pushed a deletion is not pushed the text afterwards. (A reply and the
 * pushes overtake each other: each shows what was there when it was put together.)
 */
export function* findErasedShown(view: View): Generator<Finding> {
  const erasures = erasuresOf(view)
  for (const seen of recordsOf(view, 'event', 'message', 'sent')) {
    const { conversation, client, content, asked } = seen
    if (!content || asked === undefined) continue
    const seq = seen.kind === 'event' && seen.target !== undefined ? seen.target : seen.seq
    const erased = erasures.get(messageKey(conversation, seq))
    const by = erased?.find(({ answer, replaced }) => answer.t < asked && replaced(content))
    if (!by) continue
    const detail = `seq ${seq} was shown with a text whose ${by.action} had been acknowledged`
    yield { kind: 'erased-shown', conversation, client, detail }
  }

  for (const { client, records } of view.histories) {
    const deleted = new Set<string>()
    for (const record of records) {
      if (record.kind !== 'event' || record.via !== 'push') continue
      const { connection, conversation, content } = record
      const seq = record.target ?? record.seq
      const key = `${connection} ${messageKey(conversation, seq)}`
      if (record.type === 'message.deleted') deleted.add(key)
      else if (content && deleted.has(key)) {
        const detail = `seq ${seq} was pushed with its text to a connection that knew it to be deleted`
        yield { kind: 'erased-shown', conversation, client, detail }
      }
    }
  }
}

interface Erasure {
  action: string
  answer: { t: number }
  /** Whether this is a content that the act put an end to. */
  replaced: (content: string) => boolean
}

function erasuresOf(view: View): Map<string, Erasure[]> {
  const edits = new Map<string, Act[]>()
  for (const act of view.acts) {
    if (act.action !== 'edit' || act.target === undefined) continue
    const key = messageKey(act.conversation, act.target)
    edits.set(key, [...(edits.get(key) ?? []), act])
  }

  const erasures = new Map<string, Erasure[]>()
  for (const { action, conversation, target, t, answer, content } of view.acts) {
    if ((action !== 'edit' && action !== 'delete') || target === undefined || !answer) continue
    const key = messageKey(conversation, target)
    // What may have been written after it: edits that were not answered when it was tried, and itself.
    const later = (edits.get(key) ?? []).filter(({ answer: end }) => (end?.t ?? Number.POSITIVE_INFINITY) > t)
    const allowed = new Set([content, ...later.map((edit) => edit.content)])
    const replaced = (shown: string) => action === 'delete' || !allowed.has(shown)
    erasures.set(key, [...(erasures.get(key) ?? []), { action, answer, replaced }])
  }
  return erasures
}
