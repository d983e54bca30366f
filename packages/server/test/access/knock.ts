import type { Method } from '@confab/protocol/calls'
import { closeCode } from '@confab/protocol/close-codes'
import { isRefusalCode, refusalStatus } from '@confab/protocol/refusal'
import { CallRefused, openSocket } from '../raw-socket.ts'
import { openStream } from '../stream.ts'
import type { Asked } from './row.ts'
import type { Scene } from './world.ts'

/** What a door answered: `yes` or a status, and every word that it said. */
export interface Answered {
  answer: string
  said: string
}

/** Asks a door for a scene's person. */
export type Knock = (operation: string, scene: Scene, asked: Asked) => Promise<Answered>

export const knockRest: Knock = async (operation, { server, as, id }, { path = {}, query = {}, body }) => {
  const [method = '', template = ''] = operation.split(' ')
  const target = template.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(path[name] ?? (name === 'id' ? id : 'missing')),
  )
  const url = new URL(target, server.url)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  const abort = new AbortController()
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: abort.signal,
    headers: {
      ...(as && { authorization: `Bearer ${as.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const isEndless = response.headers.get('content-type') === 'text/event-stream'
  const said = isEndless ? '' : await response.text()
  abort.abort()
  return { answer: response.ok ? 'yes' : String(response.status), said }
}

/** As which status a close that refuses a sign-in counts. */
const closedWith = new Map<number, string>([
  [closeCode.signedOut, '401'],
  [closeCode.originRefused, '403'],
])

export const knockSocket: Knock = async (method, { server, as }, { body }) => {
  await using socket = await openSocket(server, as ? { token: as.token } : {})
  const heard = (said: unknown) => JSON.stringify([said, socket.pushes])
  try {
    return { answer: 'yes', said: heard(await socket.call(method as Method, body ?? {})) }
  } catch (cause) {
    if (cause instanceof CallRefused)
      return { answer: statusOf(cause.error.data?.code), said: heard(cause.error) }
    const { code } = await socket.closed
    const answer = closedWith.get(code)
    if (answer === undefined) throw cause
    return { answer, said: heard(undefined) }
  }
}

/** Who can't open a stream tries a call on a member's. */
export const knockStream: Knock = async (method, { server, as, cast }, { body = {} }) => {
  const opened = await server.call(as, 'POST /api/v1/ws/ticket')
  await using stream = await openStream(server, opened.status === 201 && as ? as : cast.member)
  const call = { connectionId: stream.connectionId, id: 1, method, params: body }
  const { status, body: reply } = await server.call(as, 'POST /api/v1/call', call)
  const error = (reply as { error?: { data?: { code?: unknown } } } | undefined)?.error
  const answer = status !== 200 ? String(status) : error ? statusOf(error.data?.code) : 'yes'
  return { answer, said: JSON.stringify([reply, as === undefined ? [] : stream.frames]) }
}

const statusOf = (code: unknown) => (isRefusalCode(code) ? String(refusalStatus[code]) : `an error ${code}`)
