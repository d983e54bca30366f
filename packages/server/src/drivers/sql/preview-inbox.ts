import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { PreviewInbox } from '../../ports/mailer.ts'
import type { Statements } from './statements.ts'

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
  statements,
  clock,
  log,
}: {
  statements: Statements
  clock: Pick<Clock, 'now'>
  log: { info(fields: { to: string; subject: string; text: string }, message: string): void }
}): PreviewInbox {
  const columns = 'SELECT address AS "to", subject, text, html, sent_at AS "sentAt" FROM preview_mails'

  return {
    async send({ to, subject, text, html }) {
      await statements.change(
        'INSERT INTO preview_mails (address, subject, text, html, sent_at) VALUES (?1, ?2, ?3, ?4, ?5)',
        [to.toLowerCase(), subject, text, html, clock.now()],
      )
      await statements.change(
        'DELETE FROM preview_mails WHERE num <= (SELECT max(num) FROM preview_mails) - ?1',
        [mailsKeptMax],
      )
      log.info({ to, subject, text: oneLine(text) }, 'mail, into the preview inbox')
    },

    async forget(to) {
      await statements.change('DELETE FROM preview_mails WHERE address = ?1', [to.toLowerCase()])
    },

    async list({ to }) {
      const rows =
        to === undefined
          ? await statements.rows(`${columns} ORDER BY num DESC LIMIT ?1`, [mailsListedMax])
          : await statements.rows(`${columns} WHERE address = ?1 ORDER BY num DESC LIMIT ?2`, [
              to.toLowerCase(),
              mailsListedMax,
            ])
      return rows.map((row) => mailRow.parse(row))
    },

    [Symbol.asyncDispose]: async () => undefined,
  }
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ')
