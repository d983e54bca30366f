import { z } from 'zod'
import { sendQueuedMail } from '../../domain/mail/send-queued-mail.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { Queue, Worker } from '../../ports/queue.ts'

/** As many as the mailer has connections. */
export const mailsAtOnce = 5

const mailJob = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  id: z.string().optional(),
  goodUntil: z.number().optional(),
})

/** Sends the mails that wait. Stopping it waits for those that are being handed over. */
export const openMailRole = ({ queue, ...tools }: { queue: Queue; mailer: Mailer; clock: Clock }): Worker =>
  queue.work('mail', { atOnce: mailsAtOnce }, ({ payload }) =>
    sendQueuedMail(tools, mailJob.parse(JSON.parse(payload))),
  )
