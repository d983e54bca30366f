import type { KeptMails, Mail, Mailer } from '../../ports/mailer.ts'
import type { Queue } from '../../ports/queue.ts'

/** Hands mails to the queue, so that nobody waits for a mail server: `send` resolves when the job is kept. */
export const queuedMailer = (
  queue: Pick<Queue, 'add' | 'forget'>,
  newId: () => string,
): Pick<Mailer, 'send'> & KeptMails => ({
  send: (mail: Mail) => queue.add({ kind: 'mail', payload: JSON.stringify({ id: newId(), ...mail }) }),
  async forget(to) {
    const address = to.toLowerCase()
    await queue.forget('mail', (payload) => String(JSON.parse(payload).to).toLowerCase() === address)
  },
})
