import type { ConversationId, UserId } from '@confab/protocol/ids'
import { messageId } from '@confab/protocol/ids'
import { findMentioned } from '@confab/protocol/mentioned'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import type { NewMessage } from '@confab/protocol/requests'
import { isBlank } from '@confab/protocol/text'
import { assert } from '../../lib/assert.ts'
import { digest16, keyedDigest16 } from '../../lib/hash.ts'
import type { InOrder } from '../../lib/in-order.ts'
import type { SendKey } from '../../ports/store.ts'
import type { CreateMessage } from '../../ports/writes.ts'
import type { Domain } from '../domain.ts'
import { copyForwarded } from './copy-forwarded.ts'

type Sending = NewMessage & { senderId: UserId; conversationId: ConversationId }
interface Sent {
  message: Message
  fresh: boolean
}

/**
 * Sends a message, once: the same `clientId` again answers with the first one's message as it stands now
 * (`fresh` false), before limits are looked at, or refuses `client_id_reused` if the content differs.
 * Membership is checked by the store, under the lock that orders the log.
 *
 * `inOrder` keeps the sends of one connection in the order in which they came, whatever each waits for.
 */
export async function sendMessage(
  domain: Domain,
  sending: Sending,
  inOrder: InOrder = (step) => step,
): Promise<Sent> {
  const { senderId, conversationId, clientId } = sending
  const key = { conversationId, sendKey: digest16(`${conversationId}${senderId}${clientId}`) }
  const contentKey = keyedDigest16(domain.contentSecret, contentOf(sending))
  try {
    const content = await inOrder(admit(domain, sending))
    const committed = await domain.commits.commit({
      write: 'message.create',
      ...key,
      contentKey,
      actorId: senderId,
      at: domain.clock.now(),
      messageId: messageId.parse(domain.newId()),
      clientId,
      ...content,
      replyToSeq: sending.replyToSeq ?? null,
      priority: sending.priority ?? null,
      seenSeq: sending.seenSeq,
    })
    assert(committed.message, 'a message was sent without a message')
    if (!committed.fresh) await domain.rateLimits?.giveBack('messages', senderId)
    return { message: committed.message, fresh: committed.fresh }
  } catch (refusal) {
    // A repeat needs neither a token nor a source that can still be read. A success never comes here,
    // so only a refused send pays for the look.
    const first = await findFirst(domain, { ...key, contentKey, senderId })
    if (first) return first
    throw named(refusal)
  }
}

/** What makes two sends the same message. JSON keeps the parts apart. */
const contentOf = ({ text, attachmentIds, replyToSeq, forward }: NewMessage): string =>
  JSON.stringify([text ?? '', attachmentIds ?? [], replyToSeq ?? 0, forward ?? 0])

type Content = Pick<CreateMessage, 'text' | 'mentioned' | 'forwardedFrom'>

/** The one field of a send that only the store can find wrong. */
function named(refusal: unknown): unknown {
  if (!(refusal instanceof Refusal) || refusal.code !== 'invalid' || refusal.errors?.[0]?.path) return refusal
  return invalid('replyToSeq', refusal.detail)
}

/** All that a send waits for before the commit queue. */
async function admit(domain: Domain, sending: Sending): Promise<Content> {
  await domain.rateLimits?.take('messages', sending.senderId)
  return findContent(domain, sending)
}

async function findContent(
  domain: Domain,
  { senderId, text, attachmentIds, forward }: Sending,
): Promise<Content> {
  // No attachment has been uploaded yet that one could name.
  if (attachmentIds?.length) throw invalid('attachmentIds', 'no such attachment')
  if (!forward) return { text: text ?? '', mentioned: findMentioned(text ?? '') }
  if (!isBlank(text ?? '')) throw invalid('text', 'a forward says what it forwards: send a comment by itself')
  return copyForwarded(domain, senderId, forward)
}

const invalid = (path: string, message: string) => new Refusal('invalid', { errors: [{ path, message }] })

async function findFirst(
  { store }: Domain,
  { senderId, contentKey, ...key }: SendKey & { contentKey: Uint8Array; senderId: UserId },
): Promise<Sent | undefined> {
  const standing = await store.standing(key.conversationId, senderId)
  const first = standing?.role && (await store.sent(key))
  if (!first) return undefined
  if (!Buffer.from(first.contentKey).equals(contentKey)) throw new Refusal('client_id_reused')
  return { message: first.message, fresh: false }
}
