import type { Clock } from '../../lib/clock.ts'
import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { AuditLog } from '../../ports/audit-log.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Mailer } from '../../ports/mailer.ts'

/** Keeps in the audit log that an account was locked for a network, and mails its owner, if it has one. */
export async function tellLockout(
  {
    identity,
    audit,
    mailer,
    clock,
    publicUrl,
  }: {
    identity: Pick<Identity, 'userOf'>
    audit: Pick<AuditLog, 'append'>
    mailer: Pick<Mailer, 'send'>
    clock: Pick<Clock, 'now'>
    publicUrl: string
  },
  { email, network, lockMs }: { email: string; network: string | undefined; lockMs: number },
): Promise<void> {
  const owner = (await identity.userOf(email)) ?? null
  const entry = { action: 'sign-in.locked', at: clock.now(), actorId: null, targetId: owner } as const
  await audit.append({ ...entry, network: network ?? null, detail: { lockMs } })
  if (owner === null) return
  await mailer.send(
    framedMail({
      to: email,
      subject: 'Sign-in to your Confab account is locked for a while',
      paragraphs: [
        `Somebody failed again and again to sign in to your account at ${siteOf(publicUrl)}` +
          `${network === undefined ? '' : ` from the network ${network}`}.`,
        `From there nobody signs in to it for ${Math.round(lockMs / 60_000)} minutes. From elsewhere you can.`,
      ],
      small: 'If it was you, wait and try again. If not, nobody got in: you need do nothing.',
    }),
  )
}
