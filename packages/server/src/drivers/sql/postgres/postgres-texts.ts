import type { MessageId, UserId } from '@confab/protocol/ids'
import type { KeptText, TextTable, TextTables } from '../reseal.ts'
import type { Postgres } from './connection.ts'

/** Before every id. */
const noId = '00000000-0000-0000-0000-000000000000'

/** The texts of a database whose migrations are done; others may write to it meanwhile. */
export function postgresTexts(postgres: Postgres): TextTables {
  /** All changes in one statement; each row is asked whether it is still what it was. */
  const replaceBy =
    (update: string): TextTable<string>['replace'] =>
    async (changes) => {
      const rows = changes.map(({ at: [conversation, within], from, to }) => ({
        conversation,
        within,
        from,
        to,
      }))
      await postgres.rows(
        `WITH changed AS (SELECT * FROM json_to_recordset($1::text::json)
          AS r(conversation uuid, within text, "from" text, "to" text)) ${update}`,
        [JSON.stringify(rows)],
      )
    }

  return {
    messages: {
      async page([conversation = noId, seq = 0] = [], limit) {
        const rows = await postgres.ask<KeptText<MessageId>[]>(
          `SELECT json_agg(r) AS answer FROM (
            SELECT json_build_array(conversation, seq) AS at, conversation AS "conversationId", id, text
            FROM messages WHERE (conversation, seq) > ($1::uuid, $2::bigint) AND text <> ''
            ORDER BY conversation, seq LIMIT $3::bigint) r`,
          [conversation, seq, limit],
        )
        return rows ?? []
      },
      replace: replaceBy(`UPDATE messages m SET text = r.to FROM changed r
        WHERE m.conversation = r.conversation AND m.seq = r.within::bigint AND m.text = r.from`),
    },
    drafts: {
      async page([conversation = noId, user = noId] = [], limit) {
        const rows = await postgres.ask<KeptText<UserId>[]>(
          `SELECT json_agg(r) AS answer FROM (
            SELECT json_build_array(conversation, user_id) AS at, conversation AS "conversationId",
              user_id AS id, draft AS text
            FROM members WHERE (conversation, user_id) > ($1::uuid, $2::uuid) AND draft <> ''
            ORDER BY conversation, user_id LIMIT $3::bigint) r`,
          [conversation, user, limit],
        )
        return rows ?? []
      },
      replace: replaceBy(`UPDATE members m SET draft = r.to FROM changed r
        WHERE m.conversation = r.conversation AND m.user_id = r.within::uuid AND m.draft = r.from`),
    },
  }
}
