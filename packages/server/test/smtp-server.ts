import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { within } from './within.ts'

interface ReceivedMail {
  from: string
  to: string[]
  body: string
  secure: boolean
}

/** A real SMTP server on loopback that keeps what it is given. */
export async function openSmtpServer(options: SMTPServerOptions, port = 0) {
  const received: ReceivedMail[] = []
  const waiting = new Set<() => void>()
  const server = new SMTPServer({
    ...options,
    logger: false,
    // Kept connections are cut, not waited for.
    closeTimeout: 1,
    onData(stream, { envelope, secure }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          body: Buffer.concat(chunks).toString(),
          secure,
        })
        done(null)
        for (const wake of waiting) wake()
      })
    },
  })
  // A client that breaks off is news to the client alone.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    received,
    /** The mail of that number, the first being 1, when it has come. */
    async mail(number: number): Promise<ReceivedMail> {
      for (;;) {
        const mail = received[number - 1]
        if (mail) return mail
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await within(promise, `mail ${number}`)
      }
    },
    port: address.port,
    url: (scheme: string, credentials = '') =>
      `${scheme}://${credentials && `${credentials}@`}localhost:${address.port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

export type SmtpServer = Awaited<ReturnType<typeof openSmtpServer>>
