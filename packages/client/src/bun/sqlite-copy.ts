import type { Database } from 'bun:sqlite'
import type { Message } from '@confab/protocol/message'
import {
  type ConversationWrite,
  type CopyWrite,
  type KeptConversation,
  keptMessagesMax,
  type LocalStore,
  unbrokenBefore,
} from '../local-store.ts'

/**
 * Another shape of what is kept is another version: an earlier copy is dropped then, and had anew from the
 * server; a later one stays, and is refused.
 */
const copyVersion = 1

interface Row {
  value: string
}

/** A copy in an SQLite file. Nothing but this writes there, so what is read is not parsed further. */
export function sqliteCopy(database: Database): LocalStore {
  const writer = crypto.randomUUID()
  createTables(database)
  const get = database.prepare<Row, [string]>('SELECT value FROM copy_state WHERE name = ?')
  const set = database.prepare('INSERT OR REPLACE INTO copy_state VALUES (?, ?)')
  const users = database.prepare<Row, []>('SELECT value FROM copy_users')
  const putUser = database.prepare('INSERT OR REPLACE INTO copy_users VALUES (?, ?)')
  const conversations = database.prepare<Row, []>('SELECT value FROM copy_conversations')
  const conversation = database.prepare<Row, [string]>('SELECT value FROM copy_conversations WHERE id = ?')
  const putConversation = database.prepare('INSERT OR REPLACE INTO copy_conversations VALUES (?, ?)')
  const dropConversation = database.prepare('DELETE FROM copy_conversations WHERE id = ?')
  const message = database.prepare<Row, [string, number]>(
    'SELECT value FROM copy_messages WHERE conversation = ? AND seq = ?',
  )
  const messagesBefore = database.prepare<Row, [string, number, number]>(
    'SELECT value FROM copy_messages WHERE conversation = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  )
  const putMessage = database.prepare('INSERT OR REPLACE INTO copy_messages VALUES (?, ?, ?, ?)')
  const dropMessages = database.prepare('DELETE FROM copy_messages WHERE conversation = ? AND ordinal <= ?')

  const read = (name: string): unknown => JSON.parse(get.get(name)?.value ?? 'null')
  const write = (name: string, value: unknown) => set.run(name, JSON.stringify(value))
  const saves = () => Number(read('saves'))
  const empty = () => {
    for (const table of tables) database.run(`DELETE FROM ${table} WHERE true`)
  }

  function putMessages({ kept, anew, messages, changes }: ConversationWrite) {
    const { id } = kept.conversation
    const put = (one: Message) => putMessage.run(id, one.seq, one.ordinal, JSON.stringify(one))
    if (anew) dropMessages.run(id, Number.MAX_SAFE_INTEGER)
    for (const one of messages) put(one)
    for (const { seq, change } of changes) {
      const found = message.get(id, seq)
      if (found) put(change(JSON.parse(found.value)))
    }
    dropMessages.run(id, (kept.messages.at(-1)?.ordinal ?? 0) - keptMessagesMax)
    putConversation.run(id, encode(kept))
  }

  const save = database.transaction((wanted: CopyWrite): boolean => {
    const before = saves()
    if (wanted.whole) empty()
    else if (read('writer') !== writer) return false
    write('writer', writer)
    write('saves', before + 1)
    write('state', wanted.state)
    for (const id of wanted.dropped) {
      dropConversation.run(id)
      dropMessages.run(id, Number.MAX_SAFE_INTEGER)
    }
    for (const one of wanted.conversations) putMessages(one)
    for (const user of wanted.users) putUser.run(user.id, JSON.stringify(user))
    return true
  })

  return {
    async load({ claim }) {
      if (claim) write('writer', writer)
      const state = get.get('state')
      if (!state) return undefined
      return {
        state: JSON.parse(state.value),
        conversations: conversations.all().map(({ value }) => decode(value)),
        users: users.all().map(({ value }) => JSON.parse(value)),
        saves: saves(),
      }
    },
    save: async (wanted) => save.immediate(wanted),
    async earlier({ conversationId, before, limit }) {
      const rows = messagesBefore.all(conversationId, before.seq, limit)
      const messages = rows.map(({ value }): Message => JSON.parse(value)).reverse()
      const kept = conversation.get(conversationId)
      return {
        messages: unbrokenBefore(messages, before),
        head: kept ? decode(kept.value).conversation.head : 0,
      }
    },
    async clear() {
      database.transaction(empty).immediate()
    },
    // The file is its owner's to close.
    close: () => undefined,
  }
}

const tables = ['copy_state', 'copy_users', 'copy_conversations', 'copy_messages'] as const

function createTables(database: Database): void {
  const { user_version: version = 0 } =
    database.query<{ user_version: number }, []>('PRAGMA user_version').get() ?? {}
  if (version > copyVersion) throw new Error(`the copy is of version ${version}, later than ${copyVersion}`)
  if (version === copyVersion) return
  database.transaction(() => {
    for (const table of tables) database.run(`DROP TABLE IF EXISTS ${table}`)
    for (const table of ['copy_state (name', 'copy_users (id', 'copy_conversations (id'])
      database.run(`CREATE TABLE ${table} TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`)
    database.run(`CREATE TABLE copy_messages (conversation TEXT NOT NULL, seq INTEGER NOT NULL,
      ordinal INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (conversation, seq)) WITHOUT ROWID`)
    database.run(`PRAGMA user_version = ${copyVersion}`)
  })()
}

/** All of it is JSON but the roles, which are a map. */
const encode = (kept: KeptConversation): string => JSON.stringify({ ...kept, roles: [...kept.roles] })

function decode(value: string): KeptConversation {
  const { roles, ...kept } = JSON.parse(value)
  return { ...kept, roles: new Map(roles) }
}
