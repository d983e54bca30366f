import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** Tells an account's owner that nobody signs in to it from a network for a while. */
export const lockoutMail = ({
  to,
  network,
  lockMs,
  publicUrl,
}: {
  to: string
  network: string | undefined
  lockMs: number
  publicUrl: string
}): Mail =>
  framedMail({
    to,
    subject: 'Sign-in to your Confab account is locked for a while',
    paragraphs: [
      `Somebody failed again and again to sign in to your account at ${siteOf(publicUrl)}` +
        `${network === undefined ? '' : ` from the network ${network}`}.`,
      `From there nobody signs in to it for ${Math.round(lockMs / 60_000)} minutes. From elsewhere you can.`,
    ],
    small: 'If it was you, wait and try again. If not, nobody got in: you need do nothing.',
  })
