import { encodePush } from '@confab/protocol/frames'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import type { Clock } from '../../lib/clock.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import { conversationChannel, userChannel, userTag } from '../delivery/channels.ts'

/**
 * Tells of cursors that moved: a member's own devices always, the others where the conversation is small
 * enough. A cursor that moves again before it was told is told once, at its latest: so however fast a
 * conversation runs, each member's ticks cost its subscribers at most `1000 / gatherMs` frames a second.
 */
export interface ReceiptTeller extends Disposable {
  tell(receipt: Receipt, told: boolean): void
  /** Whoever has left hears no more of the conversation, so what is not told of them yet never is. */
  forget(member: { conversationId: ConversationId; userId: UserId }): void
}

/** Short enough to look immediate, long enough to gather a burst: four frames a second at most. */
const gatherMs = 250

export function openReceiptTeller({ bus, clock }: { bus: Bus; clock: Clock }): ReceiptTeller {
  /** By conversation and user, so bounded by what can be read within `gatherMs`. */
  let gathered = new Map<string, { receipt: Receipt; told: boolean }>()
  let cancel: (() => void) | undefined

  function tellGathered() {
    cancel = undefined
    const messages: BusMessage[] = []
    for (const { receipt, told } of gathered.values()) {
      const { mine, ...shown } = receipt
      messages.push({
        channel: userChannel(receipt.userId),
        seq: 0,
        tag: userTag.push,
        body: encodePush('receipt', receipt),
      })
      if (told) {
        messages.push({
          channel: conversationChannel(receipt.conversationId),
          seq: 0,
          body: encodePush('receipt', shown),
        })
      }
    }
    gathered = new Map()
    bus.publish(messages)
  }

  return {
    tell(receipt, told) {
      const key = receiptKey(receipt)
      const before = gathered.get(key)?.receipt
      gathered.set(key, { receipt: { ...before, ...receipt }, told })
      cancel ??= clock.after(gatherMs, tellGathered)
    },
    forget: (member) => void gathered.delete(receiptKey(member)),
    [Symbol.dispose]() {
      if (!cancel) return
      cancel()
      tellGathered()
    },
  }
}

const receiptKey = ({ conversationId, userId }: { conversationId: ConversationId; userId: UserId }) =>
  `${conversationId}${userId}`
