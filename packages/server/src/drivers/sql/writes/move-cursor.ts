import type { Committed, MoveCursor } from '../../../ports/writes.ts'
import { iso } from '../iso.ts'
import { nothingNew } from './committed.ts'
import { readReceipt } from './cursors.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareMoveCursor({
  access,
  cursors,
  mentions,
  receiptMembers,
}: WriteTools): (write: MoveCursor) => Committed {
  return ({ conversationId, actorId, at, cursor, seq: wanted }) => {
    const conversation = access.permit(conversationId, actorId, 'cursor.move')
    const { num, head, lastOrdinal, readSeq, deliveredSeq } = conversation
    const seq = Math.min(wanted, head)
    const told = conversation.memberCount <= receiptMembers
    const done = { status: 'committed', fresh: true, events: [], userChanges: [] } as const

    if (cursor === 'delivered') {
      if (seq <= deliveredSeq) return nothingNew
      cursors.delivered(conversation, { seq, at })
      access.saveHead(conversation)
      const receipt = { conversationId, userId: actorId, deliveredSeq: seq, deliveredAt: iso(at) }
      return { ...done, receipts: [{ receipt, told }] }
    }
    if (seq <= readSeq) return nothingNew
    const ordinal = seq === head ? lastOrdinal : cursors.ordinalAt(num, seq)
    cursors.read(conversation, { seq, ordinal, at })
    access.saveHead(conversation)
    const unread = cursors.unread(conversation, { seq, ordinal })
    const who = { conversationId, userId: actorId }
    const mentioned = unread === 0 ? 0 : mentions.unread(num, conversation.user, seq)
    const moved = { ...who, readSeq: seq, at, deliveredSeq, unread, mentions: mentioned, head }
    const receipt = readReceipt(moved)
    return { ...done, receipts: [{ receipt, told }] }
  }
}
