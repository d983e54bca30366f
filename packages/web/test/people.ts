import { z } from 'zod'
import type { TestServer } from '../../server/test/start-server.ts'

/** Somebody with an account, made through the server's public doors. */
export interface Person {
  id: string
  name: string
  email: string
  /** The session, as a bearer token and as the cookie that a browser would hold. */
  token: string
  cookie: { name: string; value: string }
}

const inbox = z.object({ items: z.array(z.object({ text: z.string() })) })
const profile = z.object({ id: z.string() })
const stored = z.object({ seq: z.int() })

export async function requestCode(server: TestServer, email: string): Promise<void> {
  await post(server, '/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
}

/** The code of the newest mail. */
export async function mailedCode(server: TestServer, email: string): Promise<string> {
  const response = await fetch(`${server.url}/api/dev/mail?to=${encodeURIComponent(email)}`)
  const { items } = inbox.parse(await response.json())
  const code = /\b\d{6}\b/.exec(items[0]?.text ?? '')?.[0]
  if (!code) throw new Error(`no code was mailed to ${email}`)
  return code
}

/** The link of the newest mail. */
export async function mailedLink(server: TestServer, email: string): Promise<string> {
  const response = await fetch(`${server.url}/api/dev/mail?to=${encodeURIComponent(email)}`)
  const { items } = inbox.parse(await response.json())
  const link = /https?:\S+/.exec(items[0]?.text ?? '')?.[0]
  if (!link) throw new Error(`no link was mailed to ${email}`)
  return link
}

export async function makePerson(server: TestServer, name: string): Promise<Person> {
  const words = name.toLowerCase().match(/[a-z]+/g) ?? []
  const email = `${words.join('.')}@example.org`
  await requestCode(server, email)
  const otp = await mailedCode(server, email)
  const response = await post(server, '/api/auth/sign-in/email-otp', { email, otp })
  const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  const split = pair.indexOf('=')
  const token = response.headers.get('set-auth-token') ?? ''
  const { id } = profile.parse(await call(server, token, 'PATCH', '/api/v1/me', { name }))
  return { id, name, email, token, cookie: { name: pair.slice(0, split), value: pair.slice(split + 1) } }
}

/** A call of the REST contract, by bearer token. */
export async function call(
  server: TestServer,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? undefined : response.json()
}

export async function makeConversation(
  server: TestServer,
  by: Person,
  wanted: Record<string, unknown>,
): Promise<string> {
  return profile.parse(await call(server, by.token, 'POST', '/api/v1/conversations', wanted)).id
}

export async function sendMessage(
  server: TestServer,
  by: Person,
  conversationId: string,
  text: string,
  more: { replyToSeq?: number; priority?: 'high' } = {},
): Promise<number> {
  const body = { clientId: crypto.randomUUID(), text, ...more }
  const path = `/api/v1/conversations/${conversationId}/messages`
  return stored.parse(await call(server, by.token, 'POST', path, body)).seq
}

async function post(server: TestServer, path: string, body: unknown): Promise<Response> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}
