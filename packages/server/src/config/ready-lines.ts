import type { Config } from '../config.ts'
import { isLoopbackUrl } from '../lib/loopback.ts'
import { placeOf } from '../lib/place-of.ts'

/** What was started: for a person at a terminal, and for whoever asked for any free port. */
export function readyLines(
  { host, dataDir, smtp, demo, postgres }: Config,
  { port, publicUrl }: { port: number; publicUrl: string },
): string {
  const preview = isLoopbackUrl(publicUrl)
    ? `${publicUrl}/dev/mail (a preview: no mail leaves this machine)`
    : 'in the log: set SMTP_URL, and it reaches people'
  // The host alone: the address may hold a password.
  const mail = smtp ? `by ${new URL(smtp.url).host}` : preview
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return [
    `Confab is ready at ${publicUrl}`,
    `  on    ${address}`,
    `  data  ${postgres ? placeOf(postgres.url) : dataDir}`,
    `  mail  ${mail}`,
    ...(demo ? ['  demo  sign in as anybody; it begins anew at each start'] : []),
    '',
  ].join('\n')
}
