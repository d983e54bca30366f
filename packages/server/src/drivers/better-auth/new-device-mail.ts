import { framedMail, minuteOf, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** Tells an account's owner of a sign-in from where there was none before. */
export function newDeviceMail({
  to,
  at,
  network,
  userAgent,
  publicUrl,
}: {
  to: string
  /** Milliseconds since 1970 UTC. */
  at: number
  network: string | undefined
  userAgent: string | undefined
  publicUrl: string
}): Mail {
  const time = minuteOf(at)
  const place = network === undefined ? '' : `, from the network ${network}`
  return framedMail({
    to,
    subject: 'A new device signed in to Confab',
    paragraphs: [
      `Somebody, probably you, signed in to your account at ${siteOf(publicUrl)} on ${time}${place}.`,
      `The device calls itself: ${userAgent ?? 'nothing'}`,
    ],
    link: { label: 'Open Confab', url: `${new URL(publicUrl).origin}/` },
    small: 'If it was not you, end that session under “Devices” and choose a new password.',
  })
}
