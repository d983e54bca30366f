import type { Database } from 'bun:sqlite'
import { isDeepStrictEqual } from 'node:util'
import type { Visibility } from '@confab/protocol/conversation'
import { defaultPermissions } from '@confab/protocol/permissions'
import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../../lib/assert.ts'
import type { ChangeConversation, Committed } from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'
import { channelText } from './create-conversation.ts'
import type { WriteTools } from './write-tools.ts'

interface Fields {
  name: string | null
  topic: string | null
  visibility: Visibility
  retentionDays: number | null
}

export function prepareChangeConversation(
  database: Database,
  { access, append }: WriteTools,
): (write: ChangeConversation) => Committed {
  const select = database.prepare<Fields, [number]>(
    'SELECT name, topic, visibility, retention_days AS retentionDays FROM conversations WHERE num = ?',
  )
  const update = database.prepare<never, (number | string | null)[]>(
    `UPDATE conversations SET name = ?2, topic = ?3, visibility = ?4, search_text = ?5, permissions = ?6,
      retention_days = ?7
      WHERE num = ?1`,
  )
  return ({ conversationId, actorId, at, change }) => {
    const conversation = access.permit(conversationId, actorId, 'conversation.change')
    if (change.visibility === 'public' && conversation.kind !== 'channel')
      throw new Refusal('invalid', { detail: 'only a channel can be public' })
    const before = select.get(conversation.num)
    assert(before, `${conversationId}: gone under its own lock`)
    const { name, topic, visibility, retentionDays } = change
    const permissions = { ...conversation.permissions, ...change.permissions }
    const data = {
      ...(name !== undefined && name !== before.name && { name }),
      ...(topic !== undefined && topic !== before.topic && { topic }),
      ...(visibility !== undefined && visibility !== before.visibility && { visibility }),
      ...(retentionDays !== undefined && retentionDays !== before.retentionDays && { retentionDays }),
      ...(!isDeepStrictEqual(permissions, conversation.permissions) && { permissions }),
    }
    if (Object.keys(data).length === 0) return nothingNew

    const after = { ...before, ...data }
    const ownPermissions = isDeepStrictEqual(permissions, defaultPermissions)
      ? null
      : JSON.stringify(permissions)
    update.run(
      conversation.num,
      after.name,
      after.topic,
      after.visibility,
      channelText(after),
      ownPermissions,
      after.retentionDays,
    )
    const actor = conversation.user
    const event = append(
      conversation,
      { actor, at },
      { conversationId, type: 'conversation.changed', actorId, data },
    )
    access.saveHead(conversation)
    return { status: 'committed', fresh: true, events: [event], receipts: [], userChanges: [] }
  }
}
