import type { ConversationId, MessageId } from '@confab/protocol/ids'
import type { EditMessage, Write } from '../../../ports/writes.ts'
import { clearForm, type TextSeal } from '../text-seal.ts'
import type { Postgres } from './connection.ts'
import { uuids } from './uuids.ts'

/** The writes with what they say as it is to be kept: the functions see no text that is to be hidden. */
export async function sealedWrites(
  postgres: Postgres,
  texts: TextSeal,
  writes: readonly Write[],
): Promise<Write[]> {
  const edits = writes.filter((write) => write.write === 'message.edit')
  const ids = texts.isSealing && edits.length > 0 ? await idsOf(postgres, edits) : undefined
  return writes.map((write) => {
    switch (write.write) {
      case 'message.create': {
        const text = texts.message.seal(write.conversationId, write.messageId, write.text)
        return text === write.text ? write : { ...write, text }
      }
      case 'message.edit': {
        if (!ids) return { ...write, text: clearForm(write.text) }
        const id = ids.get(placeOf(write))
        // What is not there yet can't be edited, whatever comes before it in the batch: no message is 0.
        if (id === undefined) return { ...write, seq: 0 }
        return { ...write, text: texts.message.seal(write.conversationId, id, write.text) }
      }
      case 'membership.change': {
        const { conversationId, actorId, change } = write
        if (!change.draft) return write
        return {
          ...write,
          change: { ...change, draft: texts.draft.seal(conversationId, actorId, change.draft) },
        }
      }
      default:
        return write
    }
  })
}

const placeOf = ({ conversationId, seq }: { conversationId: ConversationId; seq: number }) =>
  `${conversationId} ${seq}`

/** A text is bound to its message's id, which stays what it is: asked before the lock, it is as good. */
async function idsOf(postgres: Postgres, edits: readonly EditMessage[]): Promise<Map<string, MessageId>> {
  const rows = await postgres.ask<{ conversationId: ConversationId; seq: number; id: MessageId }[]>(
    `SELECT json_agg(r) AS answer FROM (
      SELECT m.conversation AS "conversationId", m.seq, m.id
      FROM unnest($1::uuid[], $2::text::bigint[]) e(conversation, seq)
      JOIN messages m ON m.conversation = e.conversation AND m.seq = e.seq) r`,
    [uuids(edits.map(({ conversationId }) => conversationId)), `{${edits.map(({ seq }) => seq).join(',')}}`],
  )
  return new Map((rows ?? []).map((row) => [placeOf(row), row.id]))
}
