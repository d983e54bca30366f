import { expect, test } from 'bun:test'
import type { Clock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import type { Mail, PreviewInbox } from './mailer.ts'

export interface LoggedMail {
  to: string
  subject: string
  text: string
}

export function previewInboxContract(
  open: (options: {
    clock: Clock
    log: { info(fields: LoggedMail, message: string): void }
  }) => Promise<PreviewInbox>,
): void {
  const log = { info: () => undefined }

  test('[MAIL1] mails are as they were sent, newest first', async () => {
    const clock = manualClock()
    await using inbox = await open({ clock, log })
    expect(await inbox.list({})).toEqual([])
    const sentAt = clock.now()
    await inbox.send(mail({ to: 'ann@example.com', text: 'One "quoted" <b>\n✓' }))
    clock.advance(1_000)
    await inbox.send(mail({ to: 'bob@example.com', text: 'Two' }))
    expect(await inbox.list({})).toEqual([
      { ...mail({ to: 'bob@example.com', text: 'Two' }), sentAt: sentAt + 1_000 },
      { ...mail({ to: 'ann@example.com', text: 'One "quoted" <b>\n✓' }), sentAt },
    ])
  })

  test('[MAIL1] at most 100 are shown', async () => {
    await using inbox = await open({ clock: manualClock(), log })
    for (let number = 1; number <= 101; number++) await inbox.send(mail({ to: 'a@x.org', text: `${number}` }))
    const texts = (await inbox.list({})).map(({ text }) => text)
    expect([texts.length, texts.at(0), texts.at(-1)]).toEqual([100, '101', '2'])
  })

  test('[MAIL2] one address is asked for alone, whatever its capitals', async () => {
    await using inbox = await open({ clock: manualClock(), log })
    await inbox.send(mail({ to: 'ann@example.com', text: 'One' }))
    await inbox.send(mail({ to: 'bob@example.com', text: 'Two' }))
    await inbox.send(mail({ to: 'Ann@Example.com', text: 'Three' }))
    const texts = async (to: string) => (await inbox.list({ to })).map(({ text }) => text)
    expect(await texts('ann@example.com')).toEqual(['Three', 'One'])
    expect(await texts('ANN@example.com')).toEqual(['Three', 'One'])
    expect(await texts('%@example.com')).toEqual([])
  })

  test('[MAIL3] the newest 1,000 are kept', async () => {
    await using inbox = await open({ clock: manualClock(), log })
    await inbox.send(mail({ to: 'first@example.com', text: 'First' }))
    for (let number = 2; number <= 1_000; number++)
      await inbox.send(mail({ to: 'a@x.org', text: `${number}` }))
    expect(await inbox.list({ to: 'first@example.com' })).toHaveLength(1)
    await inbox.send(mail({ to: 'a@x.org', text: 'One more' }))
    expect(await inbox.list({ to: 'first@example.com' })).toHaveLength(0)
  })

  test('[MAIL4] each mail is told to the log with its text, on one line', async () => {
    const logged: LoggedMail[] = []
    await using inbox = await open({ clock: manualClock(), log: { info: (fields) => logged.push(fields) } })
    await inbox.send(mail({ to: 'ann@example.com', text: 'Your code:\n\n    123456\n' }))
    expect(logged).toEqual([{ to: 'ann@example.com', subject: 'A subject', text: 'Your code: 123456' }])
  })
}

const mail = ({ to, text }: { to: string; text: string }): Mail => ({
  to,
  subject: 'A subject',
  text,
  html: `<p>${text}</p>`,
})
