import { encodePush } from '@confab/protocol/frames'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import type { Clock } from '../../lib/clock.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import { conversationChannel, receiptTag, userChannel } from '../delivery/channels.ts'

/**
 * Tells of cursors that moved: a member's own devices always, the others where the conversation is small
 * enough. A cursor that moves again before it was told is told once, at its latest: so however fast a
 * conversation runs, each member's ticks cost its subscribers at most `1000 / gatherMs` frames a second.
 *
 * Each conversation has its own quarter of a second. One for all of them told 210 cursors at once at 2,000
 * sends a second in groups of ten, 2,000 frames, while all other sends waited.
 */
export interface ReceiptTeller extends Disposable {
  tell(receipt: Receipt, told: boolean): void
  /** Whoever has left hears no more of the conversation, so what is not told of them yet never is. */
  forget(member: { conversationId: ConversationId; userId: UserId }): void
}

/** Short enough to look immediate, long enough to gather a burst: four frames a second at most. */
const gatherMs = 250

interface Gathered {
  receipts: Map<UserId, { receipt: Receipt; told: boolean }>
  cancel: () => void
}

export function openReceiptTeller({ bus, clock }: { bus: Bus; clock: Clock }): ReceiptTeller {
  /** Bounded by what can be read within `gatherMs`. */
  const gathered = new Map<ConversationId, Gathered>()

  function gather(id: ConversationId): Gathered {
    const begun = { receipts: new Map(), cancel: clock.after(gatherMs, () => tellGathered(id)) }
    gathered.set(id, begun)
    return begun
  }

  function tellGathered(id: ConversationId) {
    const receipts = gathered.get(id)?.receipts.values() ?? []
    gathered.delete(id)
    const messages: BusMessage[] = []
    for (const { receipt, told } of receipts) {
      const { mine, ...shown } = receipt
      messages.push({
        channel: userChannel(receipt.userId),
        seq: 0,
        tag: receiptTag,
        body: encodePush('receipt', receipt),
      })
      if (told) {
        messages.push({
          channel: conversationChannel(id),
          seq: 0,
          tag: receiptTag,
          body: encodePush('receipt', shown),
        })
      }
    }
    bus.publish(messages)
  }

  return {
    tell(receipt, told) {
      const { conversationId, userId } = receipt
      const { receipts } = gathered.get(conversationId) ?? gather(conversationId)
      const before = receipts.get(userId)?.receipt
      receipts.set(userId, { receipt: { ...before, ...receipt }, told })
    },
    forget: ({ conversationId, userId }) => void gathered.get(conversationId)?.receipts.delete(userId),
    [Symbol.dispose]() {
      for (const [id, { cancel }] of gathered) {
        cancel()
        tellGathered(id)
      }
    },
  }
}
