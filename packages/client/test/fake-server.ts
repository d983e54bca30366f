import { type CallParams, callParams, isMethod, type Method } from '@confab/protocol/calls'
import { closeCode } from '@confab/protocol/close-codes'
import type { Event } from '@confab/protocol/event'
import { refusalError } from '@confab/protocol/frames'
import { type ConversationId, conversationId, type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits, syncBehindMax, syncConversationsMax, syncEventsMax } from '@confab/protocol/limits'
import type { Presence } from '@confab/protocol/presence'
import type { Receipt } from '@confab/protocol/pushes'
import { Refusal, refusalStatus } from '@confab/protocol/refusal'
import { requests } from '@confab/protocol/requests'
import type { Me, User } from '@confab/protocol/user'
import { carryOut } from './fake-calls.ts'
import type { FakeClock } from './fake-clock.ts'
import { FakeConversation } from './fake-conversation.ts'
import type { Accepting, ServerEnd } from './fake-network.ts'
import { missingOf } from './fake-sync.ts'
import { uuid } from './uuid.ts'

interface Connection {
  end: ServerEnd
  userId: UserId | undefined
  synced: boolean
  watching: Set<string>
}

interface Account {
  user: User
  userRev: number
  /** The rev at which one's own part of a conversation changed last. */
  changedAt: Map<ConversationId, number>
}

const { membershipChange } = requests(defaultLimits)
const { auth: authParams } = callParams(defaultLimits)

/** What a test can turn to make the server refuse, lag or limit. */
export interface Temper {
  /** Refuses the next calls of a method. */
  refuse: Map<Method, Refusal[]>
  /** Answers `history` as of that many events ago, unless `minHead` asks for more. */
  historyLag: number
  eventsMax: number
  conversationsMax: number
  /** A copy further behind is reset. */
  behindMax: number
}

/**
 * A server that keeps the contract in memory: logs, permanent clientIds, sync, receipts with counts. It is
 * what the SDK is tried against before there is a network, and small enough to be believed by reading.
 */
export class FakeServer implements Accepting {
  readonly #clock: FakeClock
  readonly conversations = new Map<ConversationId, FakeConversation>()
  readonly #accounts = new Map<UserId, Account>()
  readonly #connections = new Set<Connection>()
  readonly #receipts: { at: string; receipt: Receipt }[] = []
  readonly temper: Temper = {
    refuse: new Map(),
    historyLag: 0,
    eventsMax: syncEventsMax,
    conversationsMax: syncConversationsMax,
    behindMax: syncBehindMax,
  }
  /** Every call that arrived, by method. */
  readonly calls: { method: string; params: unknown }[] = []
  epoch = 'first'
  limits = defaultLimits
  answersSignOut = false
  /** The drafts that were told, and how the next are answered where they are refused. */
  readonly drafts: (string | null)[] = []
  readonly draftAnswers: (400 | 503)[] = []
  #hellos = 0
  readonly #statuses = new Map<UserId, 'online' | 'offline'>()
  /** How many times REST was asked. */
  fetched = 0

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  addUser(name: string): User {
    const at = this.now()
    const id = userId.parse(uuid('user', this.#accounts.size + 1))
    const user: User = {
      id,
      name,
      handle: name.toLowerCase(),
      avatarUrl: null,
      bio: '',
      createdAt: at,
      updatedAt: at,
    }
    this.#accounts.set(id, { user, userRev: 0, changedAt: new Map() })
    return user
  }

  account(id: UserId): Account {
    const account = this.#accounts.get(id)
    if (!account) throw new Refusal('not_found')
    return account
  }

  conversation(id: string): FakeConversation {
    const found = this.conversations.get(conversationId.parse(id))
    if (!found) throw new Refusal('not_found')
    return found
  }

  /** The conversation, for a member only. */
  access(id: string, viewer: UserId): FakeConversation {
    const found = this.conversation(id)
    if (!found.members.has(viewer)) throw new Refusal('not_found')
    return found
  }

  create(creator: UserId, others: readonly UserId[], name: string): FakeConversation {
    const id = conversationId.parse(uuid('conversation', this.conversations.size + 1))
    const made = new FakeConversation(id, 'group', name, this.now())
    this.conversations.set(id, made)
    for (const member of [creator, ...others])
      made.join(this.account(member).user, member === creator ? 'owner' : 'member', creator, this.now())
    for (const member of [creator, ...others]) this.#ownChange(member, made)
    return made
  }

  addMember(id: ConversationId, actor: UserId, added: UserId): void {
    const changed = this.access(id, actor)
    if (changed.members.has(added)) return
    this.#publish(changed, changed.join(this.account(added).user, 'member', actor, this.now()), added)
    this.#ownChange(added, changed)
  }

  removeMember(id: ConversationId, actor: UserId, removed: UserId): void {
    const changed = this.conversation(id)
    if (!changed.members.has(removed)) return
    const before = [...changed.members.keys()]
    const left = changed.append('member.left', actor, this.now(), { userId: removed })
    for (const member of before) this.#push(member, 'event', left)
    this.#ownChange(removed, changed)
  }

  send(
    id: ConversationId,
    sender: UserId,
    text: string,
    clientId: string,
    more: Partial<Pick<CallParams['message.send'], 'seenSeq' | 'replyToSeq' | 'forward'>> = {},
  ): Event | undefined {
    const changed = this.access(id, sender)
    if (changed.stored(sender, clientId)) return undefined
    const { forward, ...rest } = more
    const source = forward && this.access(forward.conversationId, sender).message(forward.seq)
    if (forward && !source) throw new Refusal('not_found')
    if (source?.deletedAt) throw new Refusal('conflict')
    const content = source ? { ...rest, text: source.text, forwarded: source } : { ...rest, text }
    const sent = changed.send(sender, clientId, content, this.now())
    this.#publish(changed, sent)
    this.#receipt(changed, sender)
    return sent
  }

  act(id: ConversationId, actor: UserId, type: Event['type'], data: unknown): Event {
    const changed = this.access(id, actor)
    const done = changed.append(type, actor, this.now(), data)
    this.#publish(changed, done)
    return done
  }

  delivered(id: ConversationId, member: UserId, seq: number): void {
    const changed = this.access(id, member)
    if (changed.delivered(member, seq, this.now())) this.#receipt(changed, member)
  }

  read(id: ConversationId, reader: UserId, seq: number): void {
    const changed = this.access(id, reader)
    if (changed.read(reader, seq, this.now())) this.#receipt(changed, reader)
  }

  mute(id: ConversationId, member: UserId, muted: boolean): void {
    const changed = this.access(id, member)
    changed.set(member, { muted })
    this.#ownChange(member, changed)
  }

  rename(id: UserId, name: string): void {
    const account = this.account(id)
    account.user = { ...account.user, name, updatedAt: this.now() }
    for (const changed of this.conversations.values()) {
      const member = changed.members.get(id)
      if (member) changed.members.set(id, { ...member, user: account.user })
    }
    for (const other of this.#accounts.keys())
      if (other !== id && this.#shares(other, id)) this.#push(other, 'user', { user: account.user })
    this.#push(id, 'me', { userRev: ++account.userRev, me: this.#me(account) })
  }

  presence(id: UserId, status: 'online' | 'offline'): void {
    this.#statuses.set(id, status)
    for (const { end, watching } of this.#connections)
      if (watching.has(id)) end.push('presence', { userId: id, status, lastSeenAt: null })
  }

  presenceOf(id: UserId): Presence {
    return { userId: id, status: this.#statuses.get(id) ?? 'offline', lastSeenAt: null }
  }

  typing(id: ConversationId, typist: UserId, typing: boolean): void {
    for (const member of this.access(id, typist).members.keys())
      if (member !== typist) this.#push(member, 'typing', { conversationId: id, userId: typist, typing })
  }

  push(to: UserId, method: string, params: unknown): void {
    this.#push(to, method, params)
  }

  closeAll(code: number, reason = ''): void {
    for (const { end } of [...this.#connections]) end.close(code, reason)
  }

  /** Of several connections the one that came last. */
  closeLatest(code: number): void {
    ;[...this.#connections].at(-1)?.end.close(code)
  }

  connected(end: ServerEnd) {
    const connection: Connection = { end, userId: undefined, synced: false, watching: new Set() }
    this.#connections.add(connection)
    return {
      frame: (text: string) => this.#frame(connection, text),
      closed: () => void this.#connections.delete(connection),
    }
  }

  /** REST, as far as the SDK is tried with it here. */
  fetch(url: string, init: RequestInit): Response {
    const { pathname, searchParams } = new URL(url)
    if (pathname.endsWith('/me')) return this.#draft(pathname.split('/').at(-2) ?? '', init)
    this.fetched++
    const ids = searchParams.get('ids')?.split(',') ?? []
    if (pathname === '/api/auth/sign-out' && this.answersSignOut) return Response.json({ success: true })
    if (pathname !== '/api/v1/users') return problem('not_found')
    const users = [...this.#accounts.values()].map(({ user }) => user).filter(({ id }) => ids.includes(id))
    return Response.json({ items: users, next: null })
  }

  #draft(id: string, { headers, body }: RequestInit): Response {
    const viewer = userId.parse(new Headers(headers).get('authorization')?.slice('Bearer '.length))
    const { draft } = membershipChange.parse(JSON.parse(String(body)))
    this.drafts.push(draft ?? null)
    const status = this.draftAnswers.shift()
    if (status !== undefined)
      return Response.json({ code: status === 400 ? 'invalid' : 'overloaded' }, { status })
    const changed = this.access(id, viewer)
    if (changed.seenBy(viewer).me?.draft === draft) return new Response(null, { status: 204 })
    changed.set(viewer, { draft: draft ?? null })
    this.#ownChange(viewer, changed)
    return new Response(null, { status: 204 })
  }

  #frame(connection: Connection, text: string): void {
    const { id, method, params } = JSON.parse(text)
    this.calls.push({ method, params })
    try {
      if (!isMethod(method)) throw new Refusal('invalid')
      const refusal = this.temper.refuse.get(method)?.shift()
      if (refusal) throw refusal
      connection.end.reply({ id, result: this.#call(connection, method, params) })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      connection.end.reply({ id, error: refusalError(error) })
    }
  }

  #call(connection: Connection, method: Method, params: unknown): unknown {
    if (method === 'auth') return this.#auth(connection, authParams.parse(params).token)
    const viewer = connection.userId
    if (!viewer) throw new Refusal('unauthenticated')
    if (method === 'sync') connection.synced = true
    return carryOut(this, { viewer, watching: connection.watching }, method, params)
  }

  /** A token is the user's own id here. */
  #auth(connection: Connection, token: string): object {
    const parsed = userId.safeParse(token)
    if (!parsed.success || !this.#accounts.has(parsed.data)) {
      connection.end.close(closeCode.signedOut)
      throw new Refusal('unauthenticated')
    }
    connection.userId = parsed.data
    connection.end.push('hello', {
      userId: parsed.data,
      connectionId: `connection-${++this.#hellos}`,
      sessionId: 'session',
      epoch: this.epoch,
      serverTime: this.now(),
      heartbeatMs: 15_000,
      limits: this.limits,
    })
    return {}
  }

  sync(viewer: UserId, { cursors, userRev, since }: CallParams['sync']): unknown {
    const account = this.account(viewer)
    const mine = [...this.conversations.values()].filter((one) => one.members.has(viewer))
    const changed = (id: ConversationId) => (account.changedAt.get(id) ?? 0) > (userRev ?? -1)
    return {
      userRev: account.userRev,
      at: this.now(),
      ...missingOf(mine, viewer, cursors, changed, this.temper),
      receipts: this.#receiptsFor(viewer, since),
      users: [...this.#accounts.values()]
        .map(({ user }) => user)
        .filter(({ id, updatedAt }) => updatedAt >= (since ?? '') && this.#shares(viewer, id)),
      me: this.#me(account),
    }
  }

  #receiptsFor(viewer: UserId, since: string | undefined): Receipt[] {
    if (since === undefined) return []
    const news = this.#receipts.filter(({ at }) => at >= since).map(({ receipt }) => receipt)
    return news
      .filter(({ conversationId: id }) => this.conversation(id).members.has(viewer))
      .map((receipt) => (receipt.userId === viewer ? this.#mine(receipt) : receipt))
  }

  #mine(receipt: Receipt): Receipt {
    const asked = this.conversation(receipt.conversationId)
    const { readSeq = 0, readAt } = asked.members.get(receipt.userId) ?? {}
    return {
      ...receipt,
      readSeq,
      ...(readAt && { readAt }),
      mine: { ...asked.counts(receipt.userId), head: asked.head },
    }
  }

  #receipt(changed: FakeConversation, reader: UserId): void {
    const member = changed.members.get(reader)
    if (!member) return
    const { readSeq, readAt, deliveredSeq, deliveredAt } = member
    const receipt: Receipt = {
      conversationId: changed.id,
      userId: reader,
      readSeq,
      deliveredSeq,
      ...(readAt !== null && { readAt }),
      ...(deliveredAt !== null && { deliveredAt }),
    }
    this.#receipts.push({ at: this.now(), receipt })
    for (const id of changed.members.keys())
      this.#push(id, 'receipt', id === reader ? this.#mine(receipt) : receipt)
  }

  #publish(changed: FakeConversation, entry: Event, except?: UserId): void {
    for (const id of changed.members.keys()) if (id !== except) this.#push(id, 'event', changed.served(entry))
  }

  #ownChange(id: UserId, changed: FakeConversation): void {
    const account = this.account(id)
    const userRev = ++account.userRev
    account.changedAt.set(changed.id, userRev)
    if (changed.members.has(id)) this.#push(id, 'conversation', { userRev, conversation: changed.seenBy(id) })
    else this.#push(id, 'conversation', { userRev, removed: changed.id })
  }

  #push(to: UserId, method: string, params: unknown): void {
    for (const { end, userId: id, synced } of [...this.#connections])
      if (id === to && synced) end.push(method, params)
  }

  #shares(one: UserId, other: UserId): boolean {
    return [...this.conversations.values()].some(({ members }) => members.has(one) && members.has(other))
  }

  #me({ user }: Account): Me {
    return {
      ...user,
      email: `${user.handle}@example.org`,
      locale: null,
      timezone: null,
      settings: {},
      blocks: [],
      serverRole: 'member',
    }
  }

  now(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

const problem = (code: 'not_found') =>
  Response.json(
    { type: 'about:blank', title: code, status: refusalStatus[code], code },
    { status: refusalStatus[code] },
  )
