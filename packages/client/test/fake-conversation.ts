import type { Conversation, Member, MyMembership, Role } from '@confab/protocol/conversation'
import { type Event, event as eventSchema } from '@confab/protocol/event'
import { copyOf, fold, mentions, targetOf } from '@confab/protocol/fold'
import { type ConversationId, messageId, type UserId, userId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import { uuid } from './uuid.ts'

interface Membership {
  user: User
  role: Role
  joinedSeq: number
  readSeq: number
  readAt: string | null
  deliveredSeq: number
  deliveredAt: string | null
  settings: Pick<MyMembership, 'muted' | 'pinned' | 'notify' | 'hidden' | 'markedUnread' | 'draft'>
}

const settings: Membership['settings'] = {
  muted: false,
  pinned: false,
  notify: 'all',
  hidden: false,
  markedUnread: false,
  draft: null,
}

interface Content {
  text: string
  seenSeq?: number | undefined
  replyToSeq?: number | undefined
  forwarded?: Message | undefined
}

/** A conversation as the contract has it: a log, and what it comes to. */
export class FakeConversation {
  readonly id: ConversationId
  readonly kind: Conversation['kind']
  readonly #createdAt: string
  readonly log: Event[] = []
  readonly members = new Map<UserId, Membership>()
  #name: string | null
  readonly #messages = new Map<number, Message>()
  readonly #byClientId = new Map<string, Message>()

  constructor(id: ConversationId, kind: Conversation['kind'], name: string | null, at: string) {
    this.id = id
    this.kind = kind
    this.#name = name
    this.#createdAt = at
  }

  get head(): number {
    return this.log.length
  }

  /** Every message as it is now, in order. */
  messages(viewer: UserId): Message[] {
    return [...this.#messages.values()].map((message) => this.#seenBy(message, viewer))
  }

  message(seq: number): Message | undefined {
    return this.#messages.get(seq)
  }

  stored(sender: UserId, clientId: string): Message | undefined {
    const stored = this.#byClientId.get(`${sender} ${clientId}`)
    return stored && this.#messages.get(stored.seq)
  }

  append(type: Event['type'], actorId: UserId, at: string, data: unknown): Event {
    const seq = this.head + 1
    const entry = eventSchema.parse({ conversationId: this.id, seq, type, actorId, at, data })
    this.log.push(entry)
    const target = targetOf(entry)
    const held = target === undefined ? undefined : this.#messages.get(target)
    // One's own reactions are worked out for each viewer, so nobody's are kept here.
    const copy = copyOf(this.seenBy(actorId, this.head - 1))
    const { message } = fold(copy, entry, nobody, held)
    if (message) this.#messages.set(message.seq, message)
    if (entry.type === 'conversation.changed' && entry.data.name !== undefined) this.#name = entry.data.name
    if (entry.type === 'member.left') this.members.delete(entry.data.userId)
    return entry
  }

  join(user: User, role: Role, actorId: UserId, at: string): Event {
    const entry = this.append('member.joined', actorId, at, { userId: user.id, role })
    this.members.set(user.id, {
      user,
      role,
      joinedSeq: entry.seq,
      readSeq: entry.seq,
      readAt: null,
      deliveredSeq: entry.seq,
      deliveredAt: at,
      settings,
    })
    return entry
  }

  /**
   * Sending moves one's own cursor to the message, or only to `seenSeq` where others' messages lie between.
   */
  send(sender: UserId, clientId: string, content: Content, at: string): Event {
    const { text, seenSeq, replyToSeq, forwarded } = content
    const author = forwarded?.forwardedFrom ?? forwarded
    const seq = this.head + 1
    const all = !forwarded && text.includes('@all')
    const seen = Math.max(seenSeq ?? seq, this.members.get(sender)?.readSeq ?? 0)
    const others = [...this.#messages.values()].some(
      (one) => one.seq > seen && one.senderId !== sender && one.deletedAt === null,
    )
    const message: Message = {
      conversationId: this.id,
      seq,
      updatedSeq: seq,
      ordinal: this.#messages.size + 1,
      id: messageId.parse(uuid('message', this.head)),
      clientId,
      senderId: sender,
      text,
      attachments: [],
      mentions: { userIds: [], all },
      replyTo: replyToSeq === undefined ? null : { seq: replyToSeq },
      forwardedFrom: author ? { senderId: author.senderId, createdAt: author.createdAt } : null,
      reactions: [],
      pinned: false,
      priority: null,
      createdAt: at,
      editedAt: null,
      deletedAt: null,
    }
    const entry = this.append('message.created', sender, at, { message })
    this.#byClientId.set(`${sender} ${clientId}`, message)
    this.read(sender, others ? seen : seq, at)
    return entry
  }

  read(userId: UserId, seq: number, at: string): boolean {
    const member = this.members.get(userId)
    const to = Math.min(seq, this.head)
    if (!member || to <= member.readSeq) return false
    // What is read was delivered.
    const delivered = to > member.deliveredSeq && { deliveredSeq: to, deliveredAt: at }
    this.members.set(userId, { ...member, readSeq: to, readAt: at, ...delivered })
    return true
  }

  delivered(userId: UserId, seq: number, at: string): boolean {
    const member = this.members.get(userId)
    const to = Math.min(seq, this.head)
    if (!member || to <= member.deliveredSeq) return false
    this.members.set(userId, { ...member, deliveredSeq: to, deliveredAt: at })
    return true
  }

  set(userId: UserId, change: Partial<Membership['settings']>): void {
    const member = this.members.get(userId)
    if (member) this.members.set(userId, { ...member, settings: { ...member.settings, ...change } })
  }

  /** An event as it is served: with the message's present content. */
  served(entry: Event): Event {
    if (entry.type !== 'message.created') {
      if (entry.type !== 'message.edited') return entry
      const { text, mentions: now } = this.#messages.get(entry.data.target) ?? entry.data
      return { ...entry, data: { ...entry.data, text, mentions: now } }
    }
    const { text, mentions: now } = this.#messages.get(entry.seq) ?? entry.data.message
    return { ...entry, data: { message: { ...entry.data.message, text, mentions: now } } }
  }

  counts(userId: UserId): { unread: number; mentions: number } {
    const readSeq = this.members.get(userId)?.readSeq ?? 0
    const left = [...this.#messages.values()].filter((one) => one.seq > readSeq && one.deletedAt === null)
    const mentioned = left.filter((one) => one.senderId !== userId && mentions(one, userId))
    return { unread: left.length, mentions: mentioned.length }
  }

  /** The conversation as a fresh fetch answers it. */
  seenBy(viewer: UserId, head = this.head): Conversation {
    const member = this.members.get(viewer)
    const last = [...this.#messages.values()].at(-1)
    return {
      id: this.id,
      kind: this.kind,
      name: this.#name,
      topic: null,
      avatarUrl: null,
      visibility: 'private',
      createdAt: this.#createdAt,
      updatedAt: this.log.at(-1)?.at ?? this.#createdAt,
      head,
      memberCount: this.members.size,
      lastMessage: last ? this.#seenBy(last, viewer) : null,
      members: [...this.members.values()].sort((a, b) => a.joinedSeq - b.joinedSeq).map(asMember),
      me: member
        ? { role: member.role, readSeq: member.readSeq, ...this.counts(viewer), ...member.settings }
        : null,
    }
  }

  /**
   * Messages before a seq as they were when the log ended at `head`: what a replica that is behind answers.
   */
  page(viewer: UserId, before: number, limit: number, head: number): Message[] {
    const page = this.messages(viewer).filter(({ seq }) => seq < before && seq <= head)
    return page.slice(-limit).map((message) => this.#asOf(message, head, viewer))
  }

  pageAfter(viewer: UserId, after: number, limit: number, head: number): Message[] {
    const page = this.messages(viewer).filter(({ seq }) => seq > after && seq <= head)
    return page.slice(0, limit).map((message) => this.#asOf(message, head, viewer))
  }

  #asOf(message: Message, head: number, viewer: UserId): Message {
    if (message.updatedSeq <= head) return message
    const created = this.log[message.seq - 1]
    let then = created?.type === 'message.created' ? created.data.message : message
    const copy = copyOf({ ...this.seenBy(viewer), head: this.head })
    for (const entry of this.log.slice(message.seq, head))
      if (targetOf(entry) === then.seq) then = fold(copy, entry, viewer, then).message ?? then
    return then
  }

  #seenBy(message: Message, viewer: UserId): Message {
    const mine = new Set<string>()
    for (const entry of this.log) {
      if (entry.actorId !== viewer || targetOf(entry) !== message.seq) continue
      if (entry.type === 'reaction.added') mine.add(entry.data.emoji)
      if (entry.type === 'reaction.removed') mine.delete(entry.data.emoji)
    }
    return { ...message, reactions: message.reactions.map((one) => ({ ...one, mine: mine.has(one.emoji) })) }
  }
}

const nobody = userId.parse(uuid('nobody', 0))

const asMember = ({ settings: _, ...member }: Membership): Member => member
