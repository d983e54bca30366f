import type { Kind, Notify, Role, Visibility } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { ServerRole } from '@confab/protocol/user'

/** The tables that ordinary queries read, as Kysely types them. Times are milliseconds, booleans 0 and 1. */
export interface Tables {
  users: UsersTable
  user_words: { word: string; user: number }
  conversations: ConversationsTable
  members: MembersTable
}

interface UsersTable {
  num: number
  id: UserId
  name: string
  sort_name: string
  handle: string
  bio: string
  locale: string | null
  timezone: string | null
  settings: string
  server_role: ServerRole
  suspended_at: number | null
  suspended_by: string | null
  suspended_reason: string | null
  user_rev: number
  me_rev: number
  created_at: number
  updated_at: number
  erased_at: number | null
}

interface ConversationsTable {
  num: number
  id: ConversationId
  head: number
  last_ordinal: number
  last_message_seq: number
  last_at: number
  active_at: number
  cursors_at: number
  member_count: number
  kind: Kind
  visibility: Visibility
  name: string | null
  topic: string | null
  search_text: string
  created_at: number
}

interface MembersTable {
  conversation: number
  user: number
  role: Role
  joined_seq: number
  read_seq: number
  read_ordinal: number
  read_at: number
  delivered_seq: number
  delivered_at: number
  user_rev: number
  muted: number
  pinned: number
  notify: Notify
  hidden: number
  marked_unread: number
  draft: string | null
}
