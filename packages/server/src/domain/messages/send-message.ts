import type { ConversationId, UserId } from '@confab/protocol/ids'
import { messageId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import type { NewMessage } from '@confab/protocol/requests'
import { assert } from '../../lib/assert.ts'
import { digest16, keyedDigest16 } from '../../lib/hash.ts'
import type { Bucket } from '../../ports/rate-limits.ts'
import type { Domain } from '../domain.ts'

/**
 * Sends a message, once: the same `clientId` again answers with the first one's message as it stands now
 * (`fresh` false), before limits are looked at, or refuses `client_id_reused` if the content differs.
 * Membership is checked by the store, under the lock that orders the log.
 */
export async function sendMessage(
  domain: Domain,
  { senderId, conversationId, ...message }: NewMessage & { senderId: UserId; conversationId: ConversationId },
): Promise<{ message: Message; fresh: boolean }> {
  const sendKey = digest16(`${conversationId}${senderId}${message.clientId}`)
  const contentKey = keyedDigest16(domain.contentSecret, contentOf(message))
  const taken = await takeFromLimit(domain, senderId)
  if (!taken.granted) {
    const first = await domain.store.sent({ conversationId, sendKey })
    if (first) return repeatOf(first, contentKey)
    throw new Refusal('rate_limited', { retryAfterMs: taken.retryAfterMs })
  }
  refuseWhatComesLater(message)
  const committed = await domain.commits.commit({
    write: 'message.create',
    conversationId,
    actorId: senderId,
    at: domain.clock.now(),
    messageId: messageId.parse(domain.newId()),
    clientId: message.clientId,
    sendKey,
    contentKey,
    text: message.text ?? '',
    replyToSeq: message.replyToSeq ?? null,
    priority: message.priority ?? null,
    seenSeq: message.seenSeq,
  })
  assert(committed.message, 'a message was sent without a message')
  if (!committed.fresh) await giveBack(domain, senderId)
  return { message: committed.message, fresh: committed.fresh }
}

/** What makes two sends the same message. JSON keeps the parts apart. */
const contentOf = ({ text, attachmentIds, replyToSeq, forward }: NewMessage): string =>
  JSON.stringify([text ?? '', attachmentIds ?? [], replyToSeq ?? 0, forward ?? 0])

function repeatOf(first: { message: Message; contentKey: Uint8Array }, contentKey: Uint8Array) {
  if (!Buffer.from(first.contentKey).equals(contentKey)) throw new Refusal('client_id_reused')
  return { message: first.message, fresh: false }
}

const bucketOf = ({ limits }: Domain): Bucket => ({
  capacity: limits.messagesPerMinute,
  perMinute: limits.messagesPerMinute,
})

async function takeFromLimit(domain: Domain, senderId: UserId) {
  if (!domain.rateLimits) return { granted: true } as const
  return domain.rateLimits.take(`message ${senderId}`, bucketOf(domain))
}

async function giveBack(domain: Domain, senderId: UserId) {
  await domain.rateLimits?.giveBack(`message ${senderId}`, bucketOf(domain))
}

/** No attachment has been uploaded yet that one could name, and nothing is forwarded yet. */
function refuseWhatComesLater({ attachmentIds, forward }: NewMessage): void {
  if (attachmentIds?.length) {
    throw new Refusal('invalid', { errors: [{ path: 'attachmentIds', message: 'no such attachment' }] })
  }
  if (forward) {
    throw new Refusal('invalid', { errors: [{ path: 'forward', message: 'forwarding is not served yet' }] })
  }
}
