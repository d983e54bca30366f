import type { SampleMail } from '../../ports/mailer.ts'
import { exportMail } from '../exports/export-mail.ts'
import { lockoutMail } from '../security/lockout-mail.ts'

/** Nobody's (RFC 2606). */
export const sampleAddress = 'ann@example.com'

/** The mails of the domain, each made of invented data. */
export const domainSampleMails = ({ to, publicUrl }: { to: string; publicUrl: string }): SampleMail[] => [
  { name: 'export', mail: exportMail({ to, publicUrl }) },
  { name: 'lockout', mail: lockoutMail({ to, network: '192.0.2.0/24', lockMs: 30 * 60_000, publicUrl }) },
]
