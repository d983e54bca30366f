import { Refusal } from '@confab/protocol/refusal'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { upgradeRequiredResponse } from '../http/problem.ts'
import { problem, problemAnswers } from '../http/schemas.ts'

export const socketPath = '/api/v1/ws'

const version = '13'

/**
 * Whether a request asks to become a WebSocket as RFC 6455, 4.2.1, says. Any other to the path is
 * `handshakeRoutes`' to answer.
 */
export function isHandshake({ url, method, headers }: Request): boolean {
  return new URL(url).pathname === socketPath && method === 'GET' && wrongInHandshake(headers) === undefined
}

/** Two ask for something else than this WebSocket, which 426 tells them; the rest are broken. */
type Wrong = 'no upgrade' | 'another version' | { broken: string }

function wrongInHandshake(headers: Headers): Wrong | undefined {
  if (!headers.has('upgrade')) return 'no upgrade'
  if (!tokens(headers.get('upgrade')).includes('websocket')) return { broken: 'Upgrade must name websocket' }
  if (!tokens(headers.get('connection')).includes('upgrade'))
    return { broken: 'Connection must name Upgrade' }
  if (headers.get('sec-websocket-version') !== version) return 'another version'
  // 16 bytes in base64.
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(headers.get('sec-websocket-key') ?? ''))
    return { broken: 'Sec-WebSocket-Key must be 16 bytes in base64' }
  return undefined
}

const tokens = (list: string | null) => (list ?? '').split(',').map((token) => token.trim().toLowerCase())

/** What is asked at the socket's path and is no handshake, which browsers and proxies do by mistake. */
export function handshakeRoutes(): OpenAPIHono<HttpEnv> {
  const routes = createRoutes()

  const open = createRoute({
    method: 'get',
    path: socketPath,
    tags: ['Socket'],
    summary: 'Opens a WebSocket: `/asyncapi.json` tells what goes over it',
    description:
      'Signs in by cookie, with an `Origin`, by `Authorization: Bearer`, by `?ticket=`, or by a first call `auth`. A refused sign-in is upgraded first and then closed with its code.',
    request: { query: z.object({ ticket: z.string().optional() }) },
    responses: {
      101: { description: 'Upgraded' },
      426: {
        description: 'No WebSocket is asked for, or one of another version',
        content: { 'application/problem+json': { schema: problem } },
      },
      ...problemAnswers('invalid', 'overloaded'),
    },
  })
  // Told by the document alone: an upgrade never comes here.
  routes.openAPIRegistry.registerPath(open)
  routes.get(socketPath, (c) => {
    const wrong = wrongInHandshake(c.req.raw.headers)
    if (typeof wrong !== 'object')
      return upgradeRequiredResponse('websocket', { 'Sec-WebSocket-Version': version })
    throw new Refusal('invalid', { detail: wrong.broken, errors: [{ path: '', message: wrong.broken }] })
  })

  return routes
}
