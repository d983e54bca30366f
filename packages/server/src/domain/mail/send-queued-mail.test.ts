import { expect, test } from 'bun:test'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Mail } from '../../ports/mailer.ts'
import { GivenUp } from '../../ports/queue.ts'
import { sendQueuedMail } from './send-queued-mail.ts'

test('[MAIL10] a mail that brings what has expired is given up, one in time is sent', async () => {
  const clock = manualClock()
  const sent: Mail[] = []
  const mailer = { send: async (mail: Mail) => void sent.push(mail) }
  const mail = { to: 'a@x.org', subject: 'S', text: 'T', html: 'H', goodUntil: clock.now() + 1 }
  await sendQueuedMail({ mailer, clock }, mail)
  expect(sent).toEqual([mail])
  clock.advance(1)
  await expect(sendQueuedMail({ mailer, clock }, mail)).rejects.toBeInstanceOf(GivenUp)
  expect(sent).toHaveLength(1)
})
