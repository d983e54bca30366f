import type { Clock } from '../../lib/clock.ts'
import { type Mail, type Mailer, MailRefused } from '../../ports/mailer.ts'
import { GivenUp } from '../../ports/queue.ts'

/** Sends the mail of a job. What the next hop refuses for good, and what has expired, is given up. */
export async function sendQueuedMail(
  { mailer, clock }: { mailer: Pick<Mailer, 'send'>; clock: Pick<Clock, 'now'> },
  mail: Mail,
): Promise<void> {
  if (mail.goodUntil !== undefined && mail.goodUntil <= clock.now())
    throw new GivenUp('what it brings had expired before it could be sent')
  await mailer.send(mail).catch((cause: unknown) => {
    throw cause instanceof MailRefused ? new GivenUp(cause.message, { cause }) : cause
  })
}
