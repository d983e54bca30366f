import type { MessageId, UserId } from '@confab/protocol/ids'
import type { KeptText, TextTable, TextTables } from '../text-tables.ts'
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

  /** The rows that a statement selects after `$1` and `$2`, or after `first`; `$3` of them. */
  const pageBy =
    <Id extends string>(first: readonly [string, string | number], select: string): TextTable<Id>['page'] =>
    async (after, limit) =>
      (await postgres.ask<KeptText<Id>[]>(
        `SELECT json_agg(r) AS answer FROM (${select} LIMIT $3::bigint) r`,
        [...(after ?? first), limit],
      )) ?? []

  return {
    messages: {
      page: pageBy<MessageId>(
        [noId, 0],
        `SELECT json_build_array(conversation, seq) AS at, conversation AS "conversationId", id, text
        FROM messages WHERE (conversation, seq) > ($1::uuid, $2::bigint) AND text <> ''
        ORDER BY conversation, seq`,
      ),
      replace: replaceBy(`UPDATE messages m SET text = r.to FROM changed r
        WHERE m.conversation = r.conversation AND m.seq = r.within::bigint AND m.text = r.from`),
    },
    drafts: {
      page: pageBy<UserId>(
        [noId, noId],
        `SELECT json_build_array(conversation, user_id) AS at, conversation AS "conversationId",
          user_id AS id, draft AS text
        FROM members WHERE (conversation, user_id) > ($1::uuid, $2::uuid) AND draft <> ''
        ORDER BY conversation, user_id`,
      ),
      replace: replaceBy(`UPDATE members m SET draft = r.to FROM changed r
        WHERE m.conversation = r.conversation AND m.user_id = r.within::uuid AND m.draft = r.from`),
    },
  }
}
