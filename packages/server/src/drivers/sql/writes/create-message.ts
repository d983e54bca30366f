import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../../lib/assert.ts'
import type { Committed, CreateMessage } from '../../../ports/writes.ts'
import { iso } from '../iso.ts'
import { toCreatedMessage } from '../reads/message-row.ts'
import { type Permitted, requireOpen } from './access.ts'
import { nothingNew } from './committed.ts'
import { readReceipt } from './cursors.ts'
import type { WriteTools } from './write-tools.ts'

/**
 * The hot path: five statements a send. Nobody looks for an earlier send: the key's uniqueness tells.
 * What can refuse comes before the first row, so that a refusal has nothing to undo.
 */
export function prepareCreateMessage(
  database: Database,
  { access, cursors, mentions, sent, texts, receiptMembers }: WriteTools,
): (write: CreateMessage) => Committed {
  const insertKey = database.prepare<never, [number, Uint8Array, number, Uint8Array]>(
    'INSERT INTO send_keys VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const insertMessage = database.prepare<never, (number | string | null)[]>(
    `INSERT INTO messages (place, ordinal, sender, at, updated_seq, reply_to, priority, id, client_id, text,
        mentions, mentions_all, forwarded_sender, forwarded_at)
      VALUES ((?1 << 32) + ?2, ?3, ?4, ?5, ?2, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
  )
  const messageAt = database.prepare<unknown, [number, number]>(
    'SELECT 1 FROM messages WHERE place = (?1 << 32) + ?2',
  )
  const otherAfter = database.prepare<unknown, [number, number, number]>(
    `SELECT 1 FROM messages WHERE place > (?1 << 32) + ?2 AND place < (?1 + 1) << 32
      AND sender <> ?3 AND deleted_at IS NULL LIMIT 1`,
  )

  /**
   * Where the sender has read to. Messages up to their own cursor count as seen, whatever this device saw;
   * what is left between is their own, or few.
   */
  function seenUpTo(conversation: Permitted, write: CreateMessage, seq: number): number {
    const seen = Math.max(write.seenSeq ?? seq, conversation.readSeq)
    if (seen >= seq - 1) return seq
    return otherAfter.get(conversation.num, seen, conversation.user) ? seen : seq
  }

  const isAnswerable = ({ num, head }: Permitted, replyToSeq: number | null) =>
    replyToSeq === null || (replyToSeq <= head && messageAt.get(num, replyToSeq) !== null)

  function repeated(write: CreateMessage): Committed {
    const first = sent(write)
    assert(first, `${write.conversationId}: a send key without its message`)
    if (!Buffer.from(first.contentKey).equals(write.contentKey)) throw new Refusal('client_id_reused')
    return { ...nothingNew, message: first.message }
  }

  return (write) => {
    const { conversationId, actorId } = write
    const conversation = access.permit(conversationId, actorId, 'message.send')
    // A repeat is answered all the same, as it changes nothing.
    if (conversation.shut === 1 && sent(write)) return repeated(write)
    requireOpen(conversation)
    const { num, user, readSeq, deliveredSeq } = conversation
    if (!isAnswerable(conversation, write.replyToSeq))
      throw new Refusal('invalid', { detail: 'the reply is to no message of this conversation' })
    const seq = conversation.head + 1
    const ordinal = conversation.lastOrdinal + 1
    const at = Math.max(write.at, conversation.lastAt)
    if (insertKey.run(num, write.sendKey, seq, write.contentKey).changes === 0) return repeated(write)

    const seen = seenUpTo(conversation, write, seq)
    const { clientId, messageId, text, replyToSeq, priority } = write
    const mentioned = mentions.resolve(conversation, write.mentioned)
    const { senderId: forwardedSender = null, createdAt: forwardedAt = null } = write.forwardedFrom ?? {}
    insertMessage.run(
      ...[num, seq, ordinal, user, at, replyToSeq, priority, messageId, clientId],
      texts.message.seal(conversationId, messageId, text),
      ...[mentioned.json, mentioned.shown.all ? 1 : 0, forwardedSender, forwardedAt],
    )
    mentions.save(conversation, seq, mentioned)
    conversation.head = seq
    conversation.lastOrdinal = ordinal
    conversation.lastMessageSeq = seq
    conversation.lastAt = at
    conversation.activeAt = at
    const readOrdinal = seen === seq ? ordinal : cursors.ordinalAt(num, seen)
    if (seen > readSeq) cursors.read(conversation, { seq: seen, ordinal: readOrdinal, at })
    access.saveHead(conversation)

    const row = { seq, ordinal, id: messageId, clientId, senderId: actorId, at, replyTo: replyToSeq }
    const content = { mentions: mentioned.json, forwardedSender, forwardedAt }
    const message = toCreatedMessage(conversationId, { ...row, priority, ...content }, text)
    const unread = cursors.unread(conversation, { seq: seen, ordinal: readOrdinal })
    const counts = { unread, mentions: unread === 0 ? 0 : mentions.unread(num, user, seen), head: seq }
    const moved = { conversationId, userId: actorId, readSeq: seen, at, deliveredSeq, ...counts }
    return {
      status: 'committed',
      fresh: true,
      events: [{ conversationId, seq, type: 'message.created', actorId, at: iso(at), data: { message } }],
      receipts:
        seen > readSeq
          ? [{ receipt: readReceipt(moved), told: conversation.memberCount <= receiptMembers }]
          : [],
      userChanges: [],
      message,
    }
  }
}
