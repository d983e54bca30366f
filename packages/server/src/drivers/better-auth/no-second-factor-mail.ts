import { framedMail, minuteOf, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** Tells an account's owner that an administrator has taken the second factor away. */
export const noSecondFactorMail = ({
  to,
  at,
  publicUrl,
}: {
  to: string
  /** Milliseconds since 1970 UTC. */
  at: number
  publicUrl: string
}): Mail =>
  framedMail({
    to,
    subject: 'Your second factor for Confab was removed',
    paragraphs: [
      `An administrator removed the second factor of your account at ${siteOf(publicUrl)} on ${minuteOf(at)}.`,
      'Your passkeys went with it. You sign in without it now. Set up another one under “Account and security”.',
    ],
    small:
      'If you did not ask for it, set one up at once, end your other sessions, and tell the administrators.',
  })
