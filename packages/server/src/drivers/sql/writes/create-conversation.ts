import type { Database } from 'bun:sqlite'
import type { Kind } from '@confab/protocol/conversation'
import type { ConversationId } from '@confab/protocol/ids'
import { defaultPermissions } from '@confab/protocol/permissions'
import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../../lib/assert.ts'
import type { Committed, CreateConversation } from '../../../ports/writes.ts'
import { searchText } from '../search-text.ts'
import type { OpenConversation } from './access.ts'
import { nothingNew } from './committed.ts'
import type { MemberRow } from './members.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareCreateConversation(
  database: Database,
  { access, append, blocks, members, users }: WriteTools,
): (write: CreateConversation) => Committed {
  const insert = database.prepare<{ num: number }, (number | string | Uint8Array | null)[]>(
    `INSERT INTO conversations (id, head, last_at, active_at, cursors_at, member_count, kind, visibility, name,
      topic, search_text, created_at, pair_key, create_key)
      VALUES (?1, 0, ?2, ?2, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?2, ?8, ?9) RETURNING num`,
  )
  const ofPair = database.prepare<{ id: ConversationId }, [string | null]>(
    'SELECT id FROM conversations WHERE pair_key = ?',
  )
  const ofKey = database.prepare<{ id: ConversationId; kind: Kind }, [Uint8Array | null]>(
    'SELECT id, kind FROM conversations WHERE create_key = ?',
  )

  /** The creator first, then the others in order, each once. */
  function firstMembers({ kind, actorId, memberIds }: CreateConversation): MemberRow[] {
    return [...new Set([actorId, ...memberIds])].map((userId) => {
      const user = users.find(userId)
      if (!user) throw new Refusal('not_found', { detail: 'a member is no user here' })
      return { user: user.num, userId, role: userId === actorId && kind !== 'direct' ? 'owner' : 'member' }
    })
  }

  function made(kind: Kind, createKey: Uint8Array | undefined) {
    const first = ofKey.get(createKey ?? null)
    if (first && first.kind !== kind)
      throw new Refusal('client_id_reused', { detail: 'this clientId made a conversation of another kind' })
    return first
  }

  /**
   * Nobody is drawn into a conversation by whom they have blocked; nor does one begin one with whom one has.
   */
  function refuseBlocked({ actorId, kind, memberIds }: CreateConversation): void {
    const between = blocks.between(actorId, memberIds)
    const barred = kind === 'direct' ? between : [...between].filter((id) => blocks.has(id, actorId))
    if ([...barred].length > 0) throw new Refusal('forbidden', { detail: 'One of you has blocked the other' })
  }

  return (write) => {
    const { conversationId, actorId, at, kind, visibility, name, topic, createKey } = write
    const joining = firstMembers(write)
    const pairKey = kind === 'direct' ? keyOfMembers(joining) : null
    const first = ofPair.get(pairKey) ?? made(kind, createKey)
    if (first) return { ...nothingNew, conversationId: first.id }
    users.requireActive(actorId)
    refuseBlocked(write)

    const text = channelText({ name, topic })
    const row = insert.get(
      conversationId,
      at,
      kind,
      visibility,
      name,
      topic,
      text,
      pairKey,
      createKey ?? null,
    )
    assert(row, `${conversationId}: not inserted`)
    const conversation: OpenConversation = {
      num: row.num,
      kind,
      visibility,
      head: 0,
      lastOrdinal: 0,
      lastMessageSeq: 0,
      lastAt: at,
      activeAt: at,
      cursorsAt: at,
      memberCount: 0,
      shut: 0,
      permissions: defaultPermissions,
    }
    const actor = joining[0]?.user
    assert(actor, `${conversationId}: nobody makes it`)
    const done = joining.map((member) => {
      const data = { userId: member.userId, role: member.role }
      const event = append(
        conversation,
        { actor, at },
        { conversationId, type: 'member.joined', actorId, data },
      )
      return { event, userChange: members.add({ conversationId, conversation }, member) }
    })
    access.saveHead(conversation)
    return {
      status: 'committed',
      fresh: true,
      events: done.map(({ event }) => event),
      receipts: [],
      userChanges: done.map(({ userChange }) => userChange),
      conversationId,
    }
  }
}

/** The same for both of a pair, and for one with oneself. */
export const keyOfPair = (one: number, other: number): string =>
  `${Math.min(one, other)}:${Math.max(one, other)}`

function keyOfMembers([one, other = one]: MemberRow[]): string {
  assert(one && other, 'a direct conversation of nobody')
  return keyOfPair(one.user, other.user)
}

/** What a search for channels looks in. */
export const channelText = ({ name, topic }: { name: string | null; topic: string | null }): string =>
  `${searchText(name ?? '')}\n${searchText(topic ?? '')}`
