import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** Tells who asked for an export that it can be fetched. */
export const exportMail = ({ to, publicUrl }: { to: string; publicUrl: string }): Mail =>
  framedMail({
    to,
    subject: 'Your data is ready to be fetched',
    paragraphs: [
      `The copy of everything that ${siteOf(publicUrl)} keeps about you is ready, for three days.`,
      'Sign in to fetch it:',
    ],
    link: { label: 'Fetch your data', url: `${publicUrl}/account` },
    small: 'If you did not ask for it, end the sessions that you do not know on that page.',
  })
