import type { UserId } from '@confab/protocol/ids'
import type { Ledger } from './ledger.ts'

/** A push is on its way from what was read for it so long at most. */
export const pushLagMs = 1_000

type Thing = Record<string, unknown>

export interface Seen {
  ledger: Ledger
  userId: UserId
  /** What had ended by then must not be told any more. */
  askedAt: number
  now: number
  violate(what: string): void
}

/** Looks through whatever a person is sent for messages, events and conversations, and judges each. */
export function judgeContent(value: unknown, seen: Seen): void {
  if (Array.isArray(value)) {
    for (const one of value) judgeContent(one, seen)
    return
  }
  if (!isThing(value)) return
  if ('ordinal' in value && 'senderId' in value) judgeMessage(value, seen)
  else if ('actorId' in value && 'seq' in value) judgeEvent(value, seen)
  else if ('memberCount' in value && 'head' in value) judgeConversation(value, seen)
  else if ('lastSeenAt' in value) judgePresence(value, seen)
  for (const key in value) {
    const part = value[key]
    if (typeof part === 'object' && part !== null) judgeContent(part, seen)
  }
}

function judgeMessage(message: Thing, seen: Seen) {
  const { conversationId, seq, updatedSeq, senderId, clientId, text } = message
  const where = `message ${seq} of ${conversationId}`
  if (!mayBeSeen(conversationId, Math.max(Number(seq), Number(updatedSeq)), seen))
    return seen.violate(`${seen.userId} was shown ${where}, up to ${updatedSeq}`)
  const said = seen.ledger.logs.get(String(conversationId))?.messages.get(Number(seq))
  if (said?.senderId !== senderId || said?.clientId !== clientId)
    return seen.violate(`${seen.userId} was shown ${where}, which isn't in the log`)
  judgeText({ conversationId, seq, text }, seen)
}

function judgeText({ conversationId, seq, text }: Thing, seen: Seen): void {
  const said = seen.ledger.logs.get(String(conversationId))?.messages.get(Number(seq))
  if (!said || said.text === text) return
  const past = said.past.find((one) => one.text === text)
  const where = `message ${seq} of ${conversationId}`
  if (!past) seen.violate(`${where} never said ‘${text}’`)
  else if (past.endedAt < seen.askedAt)
    seen.violate(`${seen.userId} was told ‘${text}’ of ${where}, which it doesn't say any more`)
}

function judgeEvent(event: Thing, seen: Seen) {
  const { conversationId, seq, type, actorId, at, data } = event
  const where = `event ${seq} of ${conversationId}`
  if (!mayBeSeen(conversationId, Number(seq), seen))
    return seen.violate(`${seen.userId} was shown ${where}, ${type}`)
  const noted = seen.ledger.logs.get(String(conversationId))?.events[Number(seq) - 1]
  if (noted?.type !== type || noted?.actorId !== actorId || noted?.at !== at)
    return seen.violate(`${where} is ${type} by ${actorId}: the log has ${noted?.type} by ${noted?.actorId}`)
  if (type === 'message.edited' && isThing(data))
    judgeText({ conversationId, seq: data.target, text: data.text }, seen)
}

function judgeConversation({ id, me, head, lastMessage }: Thing, seen: Seen): void {
  const isOpen = seen.ledger.logs.get(String(id))?.isPublic && me === null
  if (isOpen && lastMessage !== null)
    seen.violate(`${seen.userId}, no member of ${id}, was shown its last message`)
  if (!isOpen && !mayBeSeen(id, Number(head), seen))
    seen.violate(`${seen.userId} was shown conversation ${id} at ${head}`)
}

function judgePresence({ userId, status, lastSeenAt }: Thing, seen: Seen): void {
  if (status === 'offline' && lastSeenAt === null) return
  const { visibility } = seen.ledger
  if (!visibility.sawEachOther(seen.userId, String(userId), seen.askedAt))
    seen.violate(`${seen.userId} was shown the presence of ${userId}, with whom they share nothing`)
  if (status !== 'offline' && visibility.wasInvisible(String(userId), seen.now - pushLagMs))
    seen.violate(`${seen.userId} was shown that ${userId} is ${status}, who is invisible`)
}

const mayBeSeen = (id: unknown, seq: number, { ledger, userId }: Seen) =>
  ledger.maySee(String(id), userId, seq)

export const isThing = (value: unknown): value is Thing => typeof value === 'object' && value !== null
