import { type ConversationId, conversationId, messageId, type UserId, userId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { assert } from '../../lib/assert.ts'
import type { Store } from '../store.ts'
import type { Committed, CreateConversation, CreateMessage, Write } from '../writes.ts'

/** What a driver opens for one test: a store on its own, empty data, and the same data opened again. */
export interface OpenedStore extends AsyncDisposable {
  store: Store
  reopen(): Promise<Store>
}
export type OpenStore = () => Promise<OpenedStore>

/** `limits.receiptMembers` of the store under test. */
export const receiptMembers = 100

/** A store with a clock that the test turns, and short ways to write to it. */
export interface World extends AsyncDisposable {
  store: Store
  reopen(): Promise<void>
  /** Milliseconds since 1970; a test sets it. */
  now: number
  user(name: string): Promise<UserId>
  users(count: number): Promise<UserId[]>
  group(members: readonly UserId[], more?: Partial<CreateConversation>): Promise<ConversationId>
  message(conversationId: ConversationId, actorId: UserId, more?: Partial<CreateMessage>): CreateMessage
  send(conversationId: ConversationId, actorId: UserId, more?: Partial<CreateMessage>): Promise<Message>
  /** What a single write did. Fails the test where it is refused. */
  done(write: Write): Promise<Committed>
  /** The code that a single write is refused with, or 'committed'. */
  codeOf(write: Write): Promise<string>
}

export async function openWorld(open: OpenStore): Promise<World> {
  const opened = await open()
  const world: World = {
    store: opened.store,
    now: Date.parse('2026-01-01T00:00:00.000Z'),
    async reopen() {
      world.store = await opened.reopen()
    },
    async user(name) {
      const id = newUserId()
      await world.store.createUser({ id, name, handle: name, at: world.now })
      return id
    },
    users: async (count) => {
      const ids: UserId[] = []
      for (let number = 1; number <= count; number++) ids.push(await world.user(`user ${number}`))
      return ids
    },
    async group([owner, ...memberIds], more = {}) {
      assert(owner, 'a group needs an owner')
      const made = await world.done({ ...creating(world, { actorId: owner, memberIds }), ...more })
      assert(made.conversationId, 'a created conversation has an id')
      return made.conversationId
    },
    message: (conversation, actorId, more = {}) => ({
      write: 'message.create',
      conversationId: conversation,
      actorId,
      at: world.now,
      messageId: messageId.parse(Bun.randomUUIDv7()),
      clientId: crypto.randomUUID(),
      sendKey: randomKey(),
      contentKey: randomKey(),
      text: 'hello',
      replyToSeq: null,
      priority: null,
      ...more,
    }),
    async send(conversation, actorId, more) {
      const { message } = await world.done(world.message(conversation, actorId, more))
      assert(message, 'a sent message is answered')
      return message
    },
    async done(write) {
      const [outcome] = await world.store.commit([write])
      assert(outcome?.status === 'committed', `${write.write} was refused: ${JSON.stringify(outcome)}`)
      return outcome
    },
    async codeOf(write) {
      const [outcome] = await world.store.commit([write])
      return outcome?.status === 'refused' ? outcome.code : 'committed'
    },
    [Symbol.asyncDispose]: async () => opened[Symbol.asyncDispose](),
  }
  return world
}

export const newUserId = (): UserId => userId.parse(Bun.randomUUIDv7())
export const newConversationId = (): ConversationId => conversationId.parse(Bun.randomUUIDv7())
export const randomKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))

/** The conversation as its viewer sees it now. */
export async function fetchOne({ store }: World, id: ConversationId, viewerId: UserId) {
  const [conversation] = await store.conversations({ ids: [id], viewerId })
  assert(conversation, `${id} is hidden from ${viewerId}`)
  return conversation
}

/** The whole log. */
export async function logOf({ store }: World, id: ConversationId) {
  const { events } = await store.events({ conversationId: id, after: 0, limit: 100_000 })
  return events
}

/** On a store that the test has opened itself, and that `close` ends. It is not opened again. */
export const openWorldOn = (store: Store, close: () => unknown = () => undefined): Promise<World> =>
  openWorld(async () => ({
    store,
    reopen: () => Promise.reject(new Error('not reopened')),
    async [Symbol.asyncDispose]() {
      await close()
    },
  }))

/** A write that makes a private group. */
export const creating = (
  world: World,
  { actorId, memberIds }: { actorId: UserId; memberIds: readonly UserId[] },
): CreateConversation => ({
  write: 'conversation.create',
  conversationId: newConversationId(),
  actorId,
  at: world.now,
  kind: 'group',
  name: 'Group',
  topic: null,
  visibility: 'private',
  memberIds,
})

/** A write that adds `userId`, by `actorId`. */
export const adding = (
  world: World,
  conversation: ConversationId,
  { actorId, userId: added }: { actorId: UserId; userId: UserId },
) =>
  ({
    write: 'member.add',
    conversationId: conversation,
    actorId,
    at: world.now,
    userId: added,
    role: 'member',
  }) as const satisfies Write

/** A write that takes `userId` out; oneself unless `actorId` says who does. */
export const removing = (
  world: World,
  conversation: ConversationId,
  { actorId, userId: removed }: { actorId?: UserId; userId: UserId },
) =>
  ({
    write: 'member.remove',
    conversationId: conversation,
    actorId: actorId ?? removed,
    at: world.now,
    userId: removed,
  }) as const satisfies Write

export const reading = (world: World, conversation: ConversationId, actorId: UserId, seq: number) =>
  ({
    write: 'cursor.move',
    conversationId: conversation,
    actorId,
    at: world.now,
    cursor: 'read',
    seq,
  }) as const satisfies Write
