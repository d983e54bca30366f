import type { Database } from 'bun:sqlite'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { PreviewInbox } from '../../ports/mailer.ts'
import { inTransaction } from './transaction.ts'

const mailsKeptMax = 1_000
const mailsListedMax = 100

const mailRow = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  sentAt: z.number(),
})

/**
 * Keeps the newest 1,000 mails in the database, so that any node shows them and a restart loses none, and
 * tells each to the log with its text: a newcomer finds the code in the terminal.
 * The database has been migrated before.
 */
export function openPreviewInbox({
  database,
  clock,
  log,
}: {
  database: Database
  clock: Pick<Clock, 'now'>
  log: { info(fields: { to: string; subject: string; text: string }, message: string): void }
}): PreviewInbox {
  const insert = database.prepare<unknown, [string, string, string, string, number]>(
    'INSERT INTO preview_mails (address, subject, text, html, sent_at) VALUES (?, ?, ?, ?, ?)',
  )
  const forget = database.prepare<unknown, [number]>(
    'DELETE FROM preview_mails WHERE num <= (SELECT max(num) FROM preview_mails) - ?',
  )
  const forgetOf = database.prepare<unknown, [string]>('DELETE FROM preview_mails WHERE address = ?')
  const columns = 'SELECT address AS "to", subject, text, html, sent_at AS sentAt FROM preview_mails'
  const newest = database.prepare<unknown, [number]>(`${columns} ORDER BY num DESC LIMIT ?`)
  const newestOf = database.prepare<unknown, [string, number]>(
    `${columns} WHERE address = ? ORDER BY num DESC LIMIT ?`,
  )

  return {
    async send({ to, subject, text, html }) {
      inTransaction(database, () => {
        insert.run(to.toLowerCase(), subject, text, html, clock.now())
        forget.run(mailsKeptMax)
      })
      log.info({ to, subject, text: oneLine(text) }, 'mail, into the preview inbox')
    },

    async forget(to) {
      forgetOf.run(to.toLowerCase())
    },

    async list({ to }) {
      const rows =
        to === undefined ? newest.all(mailsListedMax) : newestOf.all(to.toLowerCase(), mailsListedMax)
      return rows.map((row) => mailRow.parse(row))
    },

    async [Symbol.asyncDispose]() {
      for (const statement of [insert, forget, newest, newestOf]) statement.finalize()
    },
  }
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ')
