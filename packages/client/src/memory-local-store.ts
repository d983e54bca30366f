import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import {
  type CopyState,
  type CopyWrite,
  type KeptConversation,
  keptMessagesMax,
  type LocalStore,
  unbrokenBefore,
} from './local-store.ts'

/** What the stores of one process share, as tabs share a disk. */
export class MemoryDisk {
  writer: object | undefined
  saves = 0
  state: CopyState | undefined
  readonly conversations = new Map<string, { kept: KeptConversation; messages: Map<number, Message> }>()
  readonly users = new Map<string, User>()

  clear(): void {
    this.writer = this.state = undefined
    this.conversations.clear()
    this.users.clear()
  }
}

/** A store that ends with the process. */
export function memoryLocalStore(disk = new MemoryDisk()): LocalStore {
  const self = {}
  return {
    load({ claim }) {
      if (claim) disk.writer = self
      const { state, conversations, users, saves } = disk
      const kept = [...conversations.values()].map((one) => one.kept)
      return Promise.resolve(state && { state, conversations: kept, users: [...users.values()], saves })
    },
    async save(write) {
      if (write.whole) disk.clear()
      if (write.whole) disk.writer = self
      if (disk.writer === self) apply(disk, write)
      return disk.writer === self
    },
    earlier({ conversationId, before, limit }) {
      const { kept, messages = new Map<number, Message>() } = disk.conversations.get(conversationId) ?? {}
      const earlier = [...messages.values()].filter(({ seq }) => seq < before.seq).sort(bySeq)
      const page = unbrokenBefore(earlier.slice(-limit), before)
      return Promise.resolve({ messages: page, head: kept?.conversation.head ?? 0 })
    },
    clear: () => Promise.resolve(disk.clear()),
    close: () => undefined,
  }
}

function apply(disk: MemoryDisk, { state, conversations, dropped, users }: CopyWrite): void {
  // Worked out first: a change that fails must leave everything as it was.
  const written = conversations.map(({ kept, anew, messages, changes }) => {
    const held = new Map(anew ? [] : disk.conversations.get(kept.conversation.id)?.messages)
    for (const message of messages) held.set(message.seq, message)
    for (const { seq, change } of changes) {
      const message = held.get(seq)
      if (message) held.set(seq, change(message))
    }
    const oldest = (kept.messages.at(-1)?.ordinal ?? 0) - keptMessagesMax
    for (const [seq, { ordinal }] of held) if (ordinal <= oldest) held.delete(seq)
    return { kept, messages: held }
  })
  disk.state = state
  disk.saves++
  for (const id of dropped) disk.conversations.delete(id)
  for (const one of written) disk.conversations.set(one.kept.conversation.id, one)
  for (const user of users) disk.users.set(user.id, user)
}

const bySeq = (a: Message, b: Message) => a.seq - b.seq
