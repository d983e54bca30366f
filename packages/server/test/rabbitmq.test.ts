import { describe, expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import { openCutLine } from './cut-line.ts'
import { openSmtpServer } from './smtp-server.ts'
import { startServer, type TestServer } from './start-server.ts'
import { until } from './until.ts'

const askForCode = (server: TestServer, email: string) =>
  server.call(undefined, 'POST /api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })

const { TEST_AMQP_URL: amqpUrl = '' } = process.env

describe.skipIf(amqpUrl === '')('a server with AMQP_URL', () => {
  test('[RUN26] while RabbitMQ is away the rest goes on and says so; what waited is done when it is back', async () => {
    // Away for this server alone: one that was killed, and all it holds, is the driver's test.
    const { hostname: host, port } = new URL(amqpUrl)
    await using line = await openCutLine({ host, port: Number(port) })
    await using smtp = await openSmtpServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
    await using server = await startServer({
      AMQP_URL: `amqp://${host}:${line.port}`,
      SMTP_URL: smtp.url('smtp'),
    })
    const ann = await signInByMail(server, 'ann@example.com', async () => (await smtp.mail(1)).body)
    expect(await state(server)).toEqual({ ready: { status: 'ok', down: [] }, up: '1', waiting: '0' })

    await line.cut()
    await until(async () => (await state(server)).up === '0')
    const group = { kind: 'group', name: 'Without a broker', memberIds: [] }
    expect((await server.call(ann, 'POST /api/v1/conversations', group)).status).toBe(201)
    expect((await askForCode(server, 'bob@example.com')).status).toBe(200)
    expect(await state(server)).toEqual({
      ready: { status: 'ok', down: [], degraded: ['rabbitmq'] },
      up: '0',
      waiting: '1',
    })

    await line.mend()
    expect((await smtp.mail(2)).to).toEqual(['bob@example.com'])
    await until(async () => (await state(server)).waiting === '0')
    expect(await state(server)).toEqual({ ready: { status: 'ok', down: [] }, up: '1', waiting: '0' })
  }, 120_000)
})

async function state(server: TestServer) {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const metric = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]
  const readiness = await server.call(undefined, 'GET /readyz')
  expect(readiness.status).toBe(200)
  return { ready: readiness.body, up: metric('confab_broker_up'), waiting: metric('confab_jobs_waiting') }
}

async function signInByMail(server: TestServer, email: string, read: () => Promise<string>) {
  await askForCode(server, email)
  const otp = /^ {4}(\d{6})\r?$/m.exec(await read())?.[1]
  const answer = await server.call(undefined, 'POST /api/auth/sign-in/email-otp', { email, otp })
  const { token, user } = z.object({ token: z.string(), user: z.object({ id: userId }) }).parse(answer.body)
  return { id: user.id, email, token }
}
