import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** The mail with which a new password is chosen. */
export function resetMail({
  to,
  token,
  minutes,
  publicUrl,
}: {
  to: string
  token: string
  minutes: number
  publicUrl: string
}): Mail {
  // Behind `#`, the token reaches no server's log and no other site: a browser keeps that part to itself.
  const url = `${new URL(publicUrl).origin}/reset-password#token=${encodeURIComponent(token)}`
  return framedMail({
    to,
    subject: 'Choose a new password for Confab',
    paragraphs: [
      `Somebody, probably you, forgot the password for this address at ${siteOf(publicUrl)}.`,
      `Choose a new one by the link. It works once, for ${minutes} minutes, and signs out every device.`,
    ],
    link: { label: 'Choose a new password', url },
    small: 'If it was not you, do nothing: your password stays as it is.',
  })
}
