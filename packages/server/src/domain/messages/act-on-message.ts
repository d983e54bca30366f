import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { findMentioned } from '@confab/protocol/mentioned'
import { Refusal } from '@confab/protocol/refusal'
import { isBlank } from '@confab/protocol/text'
import type { Write } from '../../ports/writes.ts'
import { readForMember } from '../conversations/access.ts'
import type { Domain } from '../domain.ts'

/** The message that an action is about, and who acts. Whether they may, the store says, under the lock. */
export interface OnMessage {
  conversationId: ConversationId
  actorId: UserId
  seq: number
}

/** Edits one's own message. Null where the text is the same. */
export async function editMessage(
  domain: Domain,
  { text, ...on }: OnMessage & { text: string },
): Promise<Event | null> {
  await domain.rateLimits?.take('messages', on.actorId)
  if (isBlank(text)) {
    const errors = [{ path: 'text', message: 'a message needs a text: delete it instead' }]
    throw new Refusal('invalid', { errors })
  }
  const mentioned = findMentioned(text)
  return act(domain, { write: 'message.edit', ...on, at: domain.clock.now(), text, mentioned })
}

/** Deletes one's own message; admins delete anyone's. Null where it is deleted already. */
export const deleteMessage = (domain: Domain, on: OnMessage): Promise<Event | null> =>
  act(domain, { write: 'message.delete', ...on, at: domain.clock.now(), network: domain.network })

/** Reacts with an emoji, or takes that back. Null where it is so already. */
export async function react(
  domain: Domain,
  reaction: OnMessage & { emoji: string; on: boolean },
): Promise<Event | null> {
  await domain.rateLimits?.take('reactions', reaction.actorId)
  return act(domain, { write: 'message.react', ...reaction, at: domain.clock.now() })
}

/** Pins a message for everybody, or unpins it. Null where it is so already. */
export const pin = (domain: Domain, pinned: OnMessage & { on: boolean }): Promise<Event | null> =>
  act(domain, { write: 'message.pin', ...pinned, at: domain.clock.now() })

async function act({ commits }: Domain, write: Write): Promise<Event | null> {
  const { events } = await commits.commit(write)
  return events[0] ?? null
}

/** The pinned messages, the latest pinned first. */
export async function listPins(
  domain: Domain,
  viewerId: UserId,
  page: { conversationId: ConversationId; cursor?: string | undefined; limit: number },
) {
  return readForMember(domain, { ...page, viewerId }, () => domain.store.pins({ ...page, viewerId }))
}

/** Who reacted with an emoji, the first one first. Refuses `not_found` where there is no such message. */
export async function listReactors(
  domain: Domain,
  viewerId: UserId,
  page: {
    conversationId: ConversationId
    seq: number
    emoji: string
    cursor?: string | undefined
    limit: number
  },
) {
  return readForMember(domain, { ...page, viewerId }, async () => {
    if (!(await domain.store.message({ ...page, viewerId }))) throw new Refusal('not_found')
    return domain.store.reactors(page)
  })
}
