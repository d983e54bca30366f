import { encodePush } from '@confab/protocol/frames'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import type { Clock } from '../../lib/clock.ts'

/**
 * Keeps the news of cursors going forward. Each node tells of those that moved through it when it comes to
 * it, up to a quarter of a second later, or seconds where it was stopped: by then another may have told of a
 * later one, or of the member's leaving.
 */
export interface CursorGate {
  /** The `receipt` push to hand out of one that was heard; undefined where all of it is past. */
  pass(frame: string): string | undefined
  /** Of who left at a seq, nothing before it is told any more. */
  left(member: { conversationId: ConversationId; userId: UserId; seq: number }): void
}

interface Known {
  read: number
  delivered: number
}

/** A node that was stopped for longer is taken for dead, and what it has still to tell is soon told anew. */
const keptMs = 60_000

export function openCursorGate({ clock }: { clock: Clock }): CursorGate {
  /** What moved in this minute, and in the one before: bounded by what can be read in two. */
  let recent = new Map<string, Known>()
  let before = new Map<string, Known>()
  let began = clock.elapsed()

  function knownOf(conversationId: ConversationId, userId: UserId): Known {
    if (clock.elapsed() - began > keptMs) {
      before = recent
      recent = new Map()
      began = clock.elapsed()
    }
    const key = `${conversationId} ${userId}`
    const known = recent.get(key) ?? before.get(key) ?? { read: 0, delivered: 0 }
    recent.set(key, known)
    return known
  }

  return {
    pass(frame) {
      const { params } = JSON.parse(frame) as { params: Receipt }
      const { conversationId, userId, readSeq, readAt, deliveredSeq, deliveredAt, mine } = params
      const known = knownOf(conversationId, userId)
      // One that is known already passes: it goes to a member's own devices and to the others,
      // one after the other.
      const isRead = readSeq !== undefined && readSeq >= known.read
      const isDelivered = deliveredSeq !== undefined && deliveredSeq >= known.delivered
      if (isRead) known.read = readSeq
      if (isDelivered) known.delivered = deliveredSeq
      if (!isRead && !isDelivered) return undefined
      if (isRead === (readSeq !== undefined) && isDelivered === (deliveredSeq !== undefined)) return frame
      return encodePush('receipt', {
        conversationId,
        userId,
        ...(isRead && { readSeq, ...(readAt !== undefined && { readAt }) }),
        ...(isDelivered && { deliveredSeq, ...(deliveredAt !== undefined && { deliveredAt }) }),
        // The counts belong to the read cursor.
        ...(mine && isRead && { mine }),
      })
    },
    left({ conversationId, userId, seq }) {
      const known = knownOf(conversationId, userId)
      known.read = Math.max(known.read, seq)
      known.delivered = Math.max(known.delivered, seq)
    },
  }
}
