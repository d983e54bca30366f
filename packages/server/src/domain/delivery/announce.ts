import { encodePush } from '@confab/protocol/frames'
import type { SessionId, UserId } from '@confab/protocol/ids'
import type { PushParams } from '@confab/protocol/pushes'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { Committed, UserChange } from '../../ports/writes.ts'
import type { ReceiptTeller } from '../receipts/receipt-teller.ts'
import { conversationChannel, peopleChannel, sharingChannel, userChannel, userTag } from './channels.ts'

/**
 * Tells the bus of what has become durable. Each event is encoded here, once, for every subscriber on
 * every node. The whole batch goes over in one call, so that what a socket gets of it is one write.
 */
export function announce(
  { bus, receipts }: { bus: Bus; receipts: ReceiptTeller },
  batch: readonly Committed[],
): void {
  const messages: BusMessage[] = []
  const moved = new Set<UserId>()
  for (const { events, receipts: cursors, userChanges } of batch) {
    for (const event of events) {
      messages.push({
        channel: conversationChannel(event.conversationId),
        seq: event.seq,
        body: encodePush('event', event),
        ...(event.type === 'member.left' && { tag: event.data.userId }),
      })
      if (event.type === 'member.left')
        receipts.forget({ conversationId: event.conversationId, userId: event.data.userId })
      if (event.type === 'member.joined' || event.type === 'member.left') moved.add(event.data.userId)
    }
    for (const { receipt, told } of cursors) receipts.tell(receipt, told)
    for (const change of userChanges) {
      messages.push(...tellUser(change))
      // A conversation that is deleted tells no `member.left`.
      if (change.change === 'removed') moved.add(change.userId)
    }
  }
  if (moved.size > 0) messages.push({ channel: sharingChannel, seq: 0, body: [...moved].join(' ') })
  if (messages.length > 0) bus.publish(messages)
}

/** Tells whoever keeps sockets of a session that it has ended before its time. */
export function announceSessionEnd(
  bus: Bus,
  { userId, sessionId }: { userId: UserId; sessionId: SessionId },
): void {
  bus.publish([{ channel: userChannel(userId), seq: 0, tag: userTag.sessionEnded, body: sessionId }])
}

/** Tells a user on all their devices, once and now: who is away asks when they come. */
export function tellNotice(bus: Bus, userId: UserId, notice: PushParams['notice']): void {
  const body = encodePush('notice', notice)
  bus.publish([{ channel: userChannel(userId), seq: 0, tag: userTag.notice, body }])
}

function tellUser(change: UserChange): BusMessage[] {
  const own = {
    channel: userChannel(change.userId),
    seq: change.userRev,
    tag: userTag.change,
    body: JSON.stringify(change),
  }
  const others = { channel: peopleChannel, seq: 0, body: change.userId }
  return change.change === 'me' && change.profile ? [own, others] : [own]
}
