import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import {
  type ConversationWrite,
  type CopyState,
  type CopyWrite,
  type KeptConversation,
  keptMessagesMax,
  type LocalStore,
  unbrokenBefore,
} from './local-store.ts'

/**
 * Another shape of what is kept is another version: the copy is dropped then, and had anew from the server.
 */
const copyVersion = 1

interface CopySchema extends DBSchema {
  /** Whose save counts, and how many there were. */
  writer: { key: 'writer'; value: string }
  saves: { key: 'saves'; value: number }
  state: { key: 'state'; value: CopyState }
  /** Each with its latest messages, so that a start reads one record a conversation. */
  conversations: { key: string; value: KeptConversation }
  messages: { key: [conversationId: string, seq: number]; value: Message }
  users: { key: string; value: User }
}

const everything = ['writer', 'saves', 'state', 'conversations', 'messages', 'users'] as const
type Writing = IDBPTransaction<CopySchema, typeof everything, 'readwrite'>

/**
 * A copy in the browser's database. What is read is not parsed: nothing but this file writes there, and the
 * version says the shape.
 */
export function indexedDbCopy({ name, writer }: { name: string; writer: string }): LocalStore {
  let opened: Promise<IDBPDatabase<CopySchema>> | undefined
  const open = () => {
    opened ??= openCopy(name)
    return opened
  }
  const write = async () => (await open()).transaction(everything, 'readwrite', { durability: 'relaxed' })

  return {
    async load({ claim }) {
      // In this order no save of another page comes between.
      if (claim) await (await open()).put('writer', writer, 'writer')
      const transaction = (await open()).transaction(everything)
      const [state, saves = 0, conversations, users] = await Promise.all([
        transaction.objectStore('state').get('state'),
        transaction.objectStore('saves').get('saves'),
        transaction.objectStore('conversations').getAll(),
        transaction.objectStore('users').getAll(),
        transaction.done,
      ])
      return state && { state, conversations, users, saves }
    },

    async save(wanted) {
      const transaction = await write()
      transaction.done.catch(() => undefined)
      if (!wanted.whole && (await transaction.objectStore('writer').get('writer')) !== writer) return false
      const saves = (await transaction.objectStore('saves').get('saves')) ?? 0
      const done: Promise<unknown>[] = [transaction.done]
      if (wanted.whole) {
        for (const store of everything) done.push(transaction.objectStore(store).clear())
        done.push(transaction.objectStore('writer').put(writer, 'writer'))
      }
      done.push(transaction.objectStore('saves').put(saves + 1, 'saves'))
      try {
        await Promise.all([...done, apply(transaction, wanted)])
        return true
      } catch (error) {
        abort(transaction)
        throw error
      }
    },

    async earlier({ conversationId, before, limit }) {
      const transaction = (await open()).transaction(['conversations', 'messages'])
      const kept = transaction.objectStore('conversations').get(conversationId)
      const range = IDBKeyRange.bound([conversationId, 0], [conversationId, before.seq], false, true)
      const messages: Message[] = []
      let cursor = await transaction.objectStore('messages').openCursor(range, 'prev')
      for (; cursor && messages.length < limit; cursor = await cursor.continue())
        messages.unshift(cursor.value)
      const head = (await kept)?.conversation.head ?? 0
      return { messages: unbrokenBefore(messages, before), head }
    },

    async clear() {
      const transaction = await write()
      await Promise.all([
        ...everything.map((store) => transaction.objectStore(store).clear()),
        transaction.done,
      ])
    },

    close() {
      void opened?.then(
        (database) => database.close(),
        () => undefined,
      )
    },
  }
}

/**
 * A broken copy, and one of an earlier version, make way for a new one. One of a later version stays:
 * it rejects.
 */
async function openCopy(name: string): Promise<IDBPDatabase<CopySchema>> {
  try {
    const database = await openVersion(name)
    if (everything.every((store) => database.objectStoreNames.contains(store))) return database
    database.close()
  } catch (error) {
    if (error instanceof Error && error.name === 'VersionError') throw error
  }
  await deleteDB(name)
  return await openVersion(name)
}

const openVersion = (name: string): Promise<IDBPDatabase<CopySchema>> =>
  openDB<CopySchema>(name, copyVersion, {
    upgrade(database) {
      for (const store of [...database.objectStoreNames]) database.deleteObjectStore(store)
      for (const store of everything) database.createObjectStore(store)
    },
    // A page of a later version wants to change the shape: this one keeps nothing from then on.
    blocking(_present, _wanted, event) {
      if (event.target instanceof IDBDatabase) event.target.close()
    },
  })

/** All or nothing; a transaction that failed by itself is aborted already. */
function abort(transaction: Writing): void {
  try {
    transaction.abort()
  } catch {
    return
  }
}

async function apply(
  transaction: Writing,
  { state, conversations, dropped, users }: CopyWrite,
): Promise<void> {
  const done: Promise<unknown>[] = [transaction.objectStore('state').put(state, 'state')]
  const keptUsers = transaction.objectStore('users')
  for (const user of users) done.push(keptUsers.put(user, user.id))
  for (const id of dropped) {
    done.push(transaction.objectStore('conversations').delete(id))
    done.push(transaction.objectStore('messages').delete(allOf(id)))
  }
  for (const one of conversations) done.push(applyTo(transaction, one))
  await Promise.all(done)
}

async function applyTo(
  transaction: Writing,
  { kept, anew, messages, changes }: ConversationWrite,
): Promise<void> {
  const { id } = kept.conversation
  const store = transaction.objectStore('messages')
  const done: Promise<unknown>[] = [transaction.objectStore('conversations').put(kept, id)]
  if (anew) done.push(store.delete(allOf(id)))
  for (const message of messages) done.push(store.put(message, [id, message.seq]))
  for (const { seq, change } of changes) {
    const message = await store.get([id, seq])
    if (message) done.push(store.put(change(message), [id, seq]))
  }
  const oldest = (kept.messages.at(-1)?.ordinal ?? 0) - keptMessagesMax
  let cursor = oldest > 0 ? await store.openCursor(allOf(id)) : null
  for (; cursor && cursor.value.ordinal <= oldest; cursor = await cursor.continue())
    done.push(cursor.delete())
  await Promise.all(done)
}

/** An array sorts after every number. */
const allOf = (conversationId: string) => IDBKeyRange.bound([conversationId], [conversationId, []])
