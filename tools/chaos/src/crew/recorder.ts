import { appendFileSync } from 'node:fs'
import type { Event } from '@confab/protocol/event'
import type { History, HistoryRecord, SeenEvent } from '../check/history.ts'

/**
 * Writes down what one client does and is told, to its file a little later, and never changes a word of it.
 */
export class Recorder {
  readonly #file: string
  #unwritten: HistoryRecord[] = []

  constructor({ client, user, file }: Omit<History, 'records'> & { file: string }) {
    this.#file = file
    appendFileSync(file, `${JSON.stringify({ client, user })}\n`)
  }

  note(record: HistoryRecord): void {
    this.#unwritten.push(record)
    if (this.#unwritten.length >= flushRecords) this.flush()
  }

  flush(): void {
    const lines = this.#unwritten.map((record) => `${JSON.stringify(record)}\n`)
    this.#unwritten = []
    if (lines.length > 0) appendFileSync(this.#file, lines.join(''))
  }
}

const flushRecords = 1_000

/** The clock of all histories: of this process, which no fault touches. */
export const now = (): number => Math.round(performance.now() * 1_000) / 1_000

/** Empty for nothing, which is what a deletion leaves. */
export const contentHash = (text: string): string => (text === '' ? '' : hash(text))

const hash = (text: string): string => Bun.hash(text).toString(36)

/** What the record of an event is made of, whichever way it came. */
export function eventRecord(
  event: Event,
  seen: Pick<SeenEvent, 't' | 'via' | 'connection' | 'asked'>,
): SeenEvent {
  const { conversationId, seq, type, actorId, at } = event
  const { fixed, ...shown } = partsOf(event)
  return {
    kind: 'event',
    ...seen,
    conversation: conversationId,
    seq,
    type,
    at,
    actor: actorId,
    fixed: hash(JSON.stringify([conversationId, seq, type, actorId, at, fixed])),
    ...shown,
  }
}

/** The message's content apart from the rest, which nothing may change. */
function partsOf(
  event: Event,
): Pick<SeenEvent, 'content' | 'clientId' | 'target' | 'user'> & { fixed: unknown } {
  switch (event.type) {
    case 'message.created': {
      const { id, clientId, senderId, ordinal, createdAt, priority, text } = event.data.message
      const fixed = [id, clientId, senderId, ordinal, createdAt, priority]
      return { fixed, clientId, content: contentHash(text) }
    }
    case 'message.edited': {
      const { target, editedAt, text } = event.data
      return { fixed: [target, editedAt], target, content: contentHash(text) }
    }
    case 'message.deleted':
      return { fixed: event.data.deletedAt, target: event.data.target }
    case 'reaction.added':
    case 'reaction.removed':
      return { fixed: event.data.emoji, target: event.data.target }
    case 'message.pinned':
    case 'message.unpinned':
      return { fixed: null, target: event.data.target }
    case 'member.joined':
    case 'member.left':
    case 'member.changed':
      return { fixed: event.data.role, user: event.data.userId }
    case 'conversation.changed': {
      const { name, topic, visibility } = event.data
      return { fixed: [name, topic, visibility] }
    }
  }
}
