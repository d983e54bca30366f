import { framedMail, minuteOf, siteOf } from '../../lib/framed-mail.ts'
import type { FactorRemover } from '../../ports/identity.ts'
import type { Mail } from '../../ports/mailer.ts'

const removers: Record<FactorRemover, { who: string; toTell: string }> = {
  administrator: { who: 'An administrator', toTell: 'the administrators' },
  operator: { who: 'Whoever runs the server', toTell: 'who that is' },
}

/** Tells an account's owner that the second factor was taken away, and by whom. */
export const noSecondFactorMail = ({
  to,
  by,
  at,
  publicUrl,
}: {
  to: string
  by: FactorRemover
  /** Milliseconds since 1970 UTC. */
  at: number
  publicUrl: string
}): Mail =>
  framedMail({
    to,
    subject: 'Your second factor for Confab was removed',
    paragraphs: [
      `${removers[by].who} removed the second factor of your account at ${siteOf(publicUrl)} on ${minuteOf(at)}.`,
      'Your passkeys went with it. You sign in without it now. Set up another one under “Account and security”.',
    ],
    small: `If you did not ask for it, set one up at once, end your other sessions, and tell ${removers[by].toTell}.`,
  })
