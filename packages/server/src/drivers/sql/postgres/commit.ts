import type { ConversationId, UserId } from '@confab/protocol/ids'
import { blocksMax, type Limits } from '@confab/protocol/limits'
import type { Reaction } from '@confab/protocol/message'
import { decidedBy, defaultPermissions, permissions } from '@confab/protocol/permissions'
import { assert } from '../../../lib/assert.ts'
import { TookTooLong } from '../../../ports/took-too-long.ts'
import {
  type CreateConversation,
  type CreateMessage,
  type EditMessage,
  erasedRowsAtOnce,
  type Outcome,
  type Write,
} from '../../../ports/writes.ts'
import { iso } from '../iso.ts'
import { type MessageRow, toCreatedMessage, toMessage } from '../reads/message-row.ts'
import { searchText, searchWords } from '../search-text.ts'
import type { TextSeal } from '../text-seal.ts'
import { nothingNew } from '../writes/committed.ts'
import { readReceipt } from '../writes/cursors.ts'
import type { Postgres } from './connection.ts'
import { hasTakenTooLong } from './failures.ts'
import { plainSends } from './plain-sends.ts'
import { sealedWrites } from './sealed-writes.ts'

/** What the function answers to a send: what only the database knew. */
interface Created {
  created: number
  ordinal: number
  at: number
  addressed: string | null
  seen: number
  moved: boolean
  deliveredSeq: number
  memberCount: number
  unread: number
  mentions: number
}
/** The same of one that was stored with others: most of it is as it is for all of those. */
type Stored = [created: number, ordinal: number, at: number, deliveredSeq: number, memberCount: number]
interface Repeated {
  repeated: MessageRow & { reactions: Reaction[] }
}
type Answer = Outcome | Created | Stored | Repeated

/** Commits a batch by one call. It may be asked twice: every write done again answers and changes nothing. */
export function prepareCommit(
  postgres: Postgres,
  {
    schema,
    texts,
    receiptMembers,
    reactionKinds,
  }: { schema: string; texts: TextSeal } & Pick<Limits, 'receiptMembers' | 'reactionKinds'>,
): (writes: readonly Write[]) => Promise<Outcome[]> {
  const call = `SELECT ${schema}.commit($1::text::jsonb, $2::text::jsonb, $3::text::jsonb, $4::text::jsonb) AS answer`
  const limits = JSON.stringify({
    permissions,
    decidedBy,
    defaultPermissions,
    receiptMembers,
    reactionKinds,
    blocks: blocksMax,
    erasedRows: erasedRowsAtOnce,
  })

  return async (writes) => {
    const kept = await sealedWrites(postgres, texts, writes)
    const plain = plainSends(kept)
    const others = kept.filter((write) => !plain.has(write))
    const lists = [others, [...plain]].map((list) => JSON.stringify(list.map(sentForm)))
    const asked = [...lists, JSON.stringify(locksOf(writes)), limits]
    const answered = await postgres
      .ask<{ sends: Answer[]; others: Answer[] }>(call, asked)
      .catch((cause: unknown) => {
        throw hasTakenTooLong(cause) ? new TookTooLong('commit: ended by PostgreSQL', { cause }) : cause
      })
    assert(
      answered?.sends.length === plain.size && answered.others.length === others.length,
      `${answered?.sends.length} and ${answered?.others.length} outcomes for ${writes.length} writes`,
    )
    const sends = answered.sends.values()
    const rest = answered.others.values()
    const answers = kept.map((write) => (plain.has(write) ? sends : rest).next().value)
    return writes.map((write, index) => {
      const answer = answers[index]
      assert(answer, `${write.write}: no outcome`)
      return outcomeOf(write, answer, { receiptMembers, texts })
    })
  }
}

/** The write as the function takes it: bytes in hexadecimal, and what only this side can work out. */
function sentForm(write: Write): object {
  switch (write.write) {
    case 'message.create': {
      const { sendKey, contentKey, ...rest } = write
      return { ...rest, sendKey: hex(sendKey), contentKey: hex(contentKey) }
    }
    case 'conversation.create':
      return {
        ...write,
        joining: joiningOf(write),
        createKey: write.createKey ? `key ${hex(write.createKey)}` : null,
        pairKey: write.kind === 'direct' ? keyOfPair(...pairOf(write)) : null,
        searchName: searchText(write.name ?? ''),
        searchTopic: searchText(write.topic ?? ''),
      }
    case 'conversation.change': {
      const { name, topic } = write.change
      return { ...write, searchName: searchText(name ?? ''), searchTopic: searchText(topic ?? '') }
    }
    case 'profile.change': {
      const { name } = write.change
      return name === undefined ? write : { ...write, ...namedForm(name) }
    }
    case 'block.change':
      return { ...write, pairKey: keyOfPair(write.actorId, write.userId) }
    default:
      return write
  }
}

/** How a name is sorted, and found. */
export const namedForm = (name: string) => ({
  sortName: searchText(name),
  words: [...searchWords({ name, handle: '' })].filter((word) => word !== ''),
})

/** The creator first, then the others in order, each once. */
const joiningOf = ({ actorId, memberIds }: CreateConversation): UserId[] => [
  ...new Set([actorId, ...memberIds]),
]

function pairOf(write: CreateConversation): [UserId, UserId] {
  const [one, other = one] = joiningOf(write)
  assert(one && other, 'a direct conversation of nobody')
  return [one, other]
}

/** The same for both of a pair, and for one with oneself. */
const keyOfPair = (one: UserId, other: UserId): string =>
  one < other ? `pair ${one} ${other}` : `pair ${other} ${one}`

/** What the batch will change, for the function to lock at once. */
function locksOf(writes: readonly Write[]) {
  const conversations = new Set<ConversationId>()
  const users = new Set<UserId>()
  const pairs: string[] = []
  const erased: UserId[] = []
  for (const write of writes) {
    switch (write.write) {
      case 'conversation.create':
        for (const id of joiningOf(write)) users.add(id)
        break
      case 'block.change':
        pairs.push(keyOfPair(write.actorId, write.userId))
        users.add(write.actorId)
        break
      case 'user.erase':
        erased.push(write.actorId)
        users.add(write.actorId)
        break
      case 'profile.change':
        users.add(write.actorId)
        break
      case 'server-role.change':
      case 'suspension.change':
        users.add(write.userId)
        break
      case 'erasure.continue':
      case 'presences.keep':
        break
      case 'member.add':
      case 'member.remove':
        users.add(write.userId)
        conversations.add(write.conversationId)
        break
      case 'membership.change':
        users.add(write.actorId)
        conversations.add(write.conversationId)
        break
      default:
        conversations.add(write.conversationId)
    }
  }
  return {
    conversations: [...conversations],
    users: [...users],
    ...(pairs.length > 0 && { pairs }),
    ...(erased.length > 0 && { erased }),
  }
}

function outcomeOf(
  write: Write,
  answer: Answer,
  { texts, ...limits }: Pick<Limits, 'receiptMembers'> & { texts: TextSeal },
): Outcome {
  if (Array.isArray(answer)) {
    assert(write.write === 'message.create', `${write.write}: answered as a message is`)
    return createdOutcome(write, createdOf(answer), limits)
  }
  if ('status' in answer) return write.write === 'message.edit' ? editedOutcome(write, answer) : answer
  assert(write.write === 'message.create', `${write.write}: answered as a message is`)
  if ('created' in answer) return createdOutcome(write, answer, limits)
  const { reactions, ...row } = answer.repeated
  return { ...nothingNew, message: toMessage(texts, write.conversationId, row, reactions) }
}

const createdOf = ([created, ordinal, at, deliveredSeq, memberCount]: Stored): Created => ({
  ...{ created, ordinal, at, deliveredSeq, memberCount },
  ...{ addressed: null, seen: created, moved: true, unread: 0, mentions: 0 },
})

/** The function was given the text as it is kept: it is told as it was said. */
function editedOutcome({ text }: EditMessage, answer: Outcome): Outcome {
  if (answer.status === 'refused') return answer
  const events = answer.events.map((event) =>
    event.type === 'message.edited' ? { ...event, data: { ...event.data, text } } : event,
  )
  return { ...answer, events }
}

function createdOutcome(
  write: CreateMessage,
  answer: Created,
  { receiptMembers }: Pick<Limits, 'receiptMembers'>,
): Outcome {
  const { conversationId, actorId, text, clientId, priority } = write
  const { created: seq, ordinal, at, seen } = answer
  const row = {
    seq,
    ordinal,
    id: write.messageId,
    clientId,
    senderId: actorId,
    at,
    replyTo: write.replyToSeq,
    priority,
    mentions: answer.addressed,
    forwardedSender: write.forwardedFrom?.senderId ?? null,
    forwardedAt: write.forwardedFrom?.createdAt ?? null,
  }
  const message = toCreatedMessage(conversationId, row, text)
  const moved = { conversationId, userId: actorId, readSeq: seen, at, head: seq }
  const { deliveredSeq, unread, mentions } = answer
  const receipt = readReceipt({ ...moved, deliveredSeq, unread, mentions })
  return {
    status: 'committed',
    fresh: true,
    events: [{ conversationId, seq, type: 'message.created', actorId, at: iso(at), data: { message } }],
    receipts: answer.moved ? [{ receipt, told: answer.memberCount <= receiptMembers }] : [],
    userChanges: [],
    message,
  }
}

const hex = (bytes: Uint8Array): string => bytes.toHex()
