import type { Finding } from './finding.ts'
import { messageKey, recordsOf, type View } from './view.ts'

/** Whoever is told of a seq is told the same, and no message shows a text that nobody wrote there. */
export function* findDisagreements(view: View): Generator<Finding> {
  const fixed = new Map<string, { fixed: string; client: string }>()
  for (const event of recordsOf(view, 'event')) {
    const key = messageKey(event.conversation, event.seq)
    const first = fixed.get(key)
    if (!first) fixed.set(key, { fixed: event.fixed, client: event.client })
    else if (first.fixed !== event.fixed) {
      const detail = `seq ${event.seq} is another event for ${first.client} than for ${event.client}`
      yield { kind: 'disagreement', conversation: event.conversation, client: event.client, detail }
    }
  }

  const written = contentsWritten(view)
  for (const seen of recordsOf(view, 'event', 'message', 'sent')) {
    const { conversation, client, content } = seen
    const seq = seen.kind === 'event' && seen.target !== undefined ? seen.target : seen.seq
    if (!content || written.get(messageKey(conversation, seq))?.has(content)) continue
    const detail = `seq ${seq} shows a content that nobody wrote there`
    yield { kind: 'disagreement', conversation, client, detail }
  }
}

/** Every content that a message may ever have shown: as it was sent, and each edit that was tried. */
function contentsWritten(view: View): Map<string, Set<string>> {
  const sent = new Map<string, string>()
  for (const { conversation, by, clientId, content } of recordsOf(view, 'send'))
    sent.set(`${conversation} ${by} ${clientId}`, content)

  const written = new Map<string, Set<string>>()
  for (const [conversation, log] of view.logs) {
    for (const { seq, actor, clientId } of log.values()) {
      const content = sent.get(`${conversation} ${actor} ${clientId}`)
      if (content !== undefined) written.set(messageKey(conversation, seq), new Set([content]))
    }
  }
  for (const { action, conversation, target, content } of view.acts)
    if (action === 'edit' && target !== undefined && content !== undefined)
      written.get(messageKey(conversation, target))?.add(content)
  return written
}
