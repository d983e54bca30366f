import type { Committed, MoveCursor } from '../../../ports/store.ts'
import { iso } from '../iso.ts'
import { nothingNew } from './committed.ts'
import { readReceipt } from './cursors.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareMoveCursor({
  access,
  cursors,
  receiptMembers,
}: WriteTools): (write: MoveCursor) => Committed {
  return ({ conversationId, actorId, at, cursor, seq: wanted }) => {
    const conversation = access.permit(conversationId, actorId, 'member')
    const { num, head, lastOrdinal, readSeq, deliveredSeq } = conversation
    const seq = Math.min(wanted, head)
    const told = conversation.memberCount <= receiptMembers
    const moved = { status: 'committed', fresh: true, events: [], userChanges: [] } as const

    if (cursor === 'delivered') {
      if (seq <= deliveredSeq) return nothingNew
      cursors.delivered(conversation, { seq, at })
      access.saveHead(conversation)
      const receipt = { conversationId, userId: actorId, deliveredSeq: seq, deliveredAt: iso(at) }
      return { ...moved, receipts: [{ receipt, told }] }
    }
    if (seq <= readSeq) return nothingNew
    const ordinal = seq === head ? lastOrdinal : cursors.ordinalAt(num, seq)
    cursors.read(conversation, { seq, ordinal, at })
    access.saveHead(conversation)
    const unread = cursors.unread(conversation, { seq, ordinal })
    const who = { conversationId, userId: actorId }
    const receipt = readReceipt({ ...who, readSeq: seq, at, deliveredSeq, unread, head })
    return { ...moved, receipts: [{ receipt, told }] }
  }
}
