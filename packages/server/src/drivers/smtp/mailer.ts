import { createTransport } from 'nodemailer'
import { isLoopbackUrl } from '../../lib/loopback.ts'
import { type Mailer, MailRefused } from '../../ports/mailer.ts'

/** A server that hangs must not hold a job for ever; the queue comes back to it. */
const connectMs = 10_000
const silenceMs = 30_000
const mailsAConnection = 100

export interface SmtpSettings {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the first byte). */
  url: string
  from: string
  connections: number
  /** PEM of an authority to trust beside the usual ones, for a server with a certificate of one's own. */
  ca?: string | undefined
}

/**
 * Mail by SMTP (RFC 5321) over kept connections. Plain `smtp://` to another machine, or with a password,
 * insists on STARTTLS; a certificate must be valid.
 */
export function openSmtpMailer({ url, from, connections, ca }: SmtpSettings): Mailer {
  const address = new URL(url)
  const tlsFromTheStart = address.protocol === 'smtps:'
  const { username, password, hostname } = address
  const transport = createTransport({
    pool: true,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(address.port) || (tlsFromTheStart ? 465 : 587),
    secure: tlsFromTheStart,
    requireTLS: !tlsFromTheStart && (username !== '' || !isLoopbackUrl(`http://${hostname}`)),
    ...(ca !== undefined && { tls: { ca } }),
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    maxConnections: connections,
    maxMessages: mailsAConnection,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'

  return {
    async send({ to, subject, text, html, id }) {
      try {
        await transport.sendMail({
          from,
          // As an object: a string would be taken apart at its commas.
          to: { name: '', address: to },
          subject,
          text,
          html,
          ...(id !== undefined && { messageId: `<${id}@${domain}>` }),
          // RFC 3834: nobody's absence note is to answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (cause) {
        if (isRefusal(cause)) throw new MailRefused(cause.message, { cause })
        throw new Error('the mail server did not take a mail', { cause })
      }
    },
    async [Symbol.asyncDispose]() {
      transport.close()
    },
  }
}

/**
 * A 5xx to this recipient or this mail; one to the greeting or the password is
 * the server's or the settings' fault.
 */
function isRefusal(cause: unknown): cause is Error {
  if (!(cause instanceof Error) || !('code' in cause) || !('responseCode' in cause)) return false
  const { code, responseCode } = cause
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && Number(responseCode) >= 500
}
