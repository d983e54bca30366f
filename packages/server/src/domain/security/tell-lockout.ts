import type { Clock } from '../../lib/clock.ts'
import type { AuditDetail } from '../../ports/audit-entry.ts'
import type { AuditLog } from '../../ports/audit-log.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Mailer } from '../../ports/mailer.ts'
import { lockoutMail } from './lockout-mail.ts'

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
  const detail: AuditDetail<'sign-in.locked'> = { lockMs }
  await audit.append({ ...entry, network: network ?? null, detail })
  if (owner === null) return
  await mailer.send(lockoutMail({ to: email, network, lockMs, publicUrl }))
}
