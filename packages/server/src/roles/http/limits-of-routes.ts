import type { RateName } from '@confab/protocol/rates'

/**
 * Which limit a request counts to, and whether here or by the action itself, which may find that none is due.
 */
export interface RouteLimit {
  limit: RateName
  counted: 'here' | 'by the action'
}

const conversation = '/api/v1/conversations/:id'
const messages = `${conversation}/messages`
const reaction = `${messages}/:seq/reactions/:emoji`

const here = (limit: RateName): RouteLimit => ({ limit, counted: 'here' })
const byAction = (limit: RateName): RouteLimit => ({ limit, counted: 'by the action' })

/** What is neither one of the many reads nor one of the many writes. A test holds each to be a route's. */
export const routeLimits: Readonly<Record<string, RouteLimit | undefined>> = {
  // The action answers a repeat before it looks at limits.
  [`POST ${messages}`]: byAction('messages'),
  [`PATCH ${messages}/:seq`]: byAction('messages'),
  [`PUT ${reaction}`]: byAction('reactions'),
  [`DELETE ${reaction}`]: byAction('reactions'),
  [`POST ${messages}/:seq/report`]: byAction('reports'),
  [`GET ${messages}`]: here('history'),
  [`GET ${conversation}/events`]: here('history'),
  [`PUT ${conversation}/read`]: here('cursors'),
  'POST /api/v1/conversations': here('conversations'),
  [`POST ${conversation}/join`]: here('conversations'),
  'GET /api/v1/channels': here('search'),
  'GET /api/v1/users': here('search'),
  'GET /api/v1/presence': here('presence'),
  'PUT /api/v1/presence': here('presence'),
  [`POST ${conversation}/invitations`]: here('invitations'),
  'POST /api/v1/invitations/look': here('invitations'),
  'POST /api/v1/invitations/accept': here('invitations'),
  'POST /api/v1/admin/invitations': here('invitations'),
  // Its GET is asked again and again until it is ready, and so is a read.
  'POST /api/v1/me/export': here('exports'),
  'GET /api/v1/admin/audit/export': here('exports'),
  'GET /api/v1/stream': here('connections'),
  // As a call of a socket it counts to what it asks, and to its connection's calls.
  'POST /api/v1/call': byAction('calls'),
}

export function limitOfRoute(method: string, path: string): RouteLimit {
  const isRead = method === 'GET' || method === 'HEAD'
  return routeLimits[`${isRead ? 'GET' : method} ${path}`] ?? here(isRead ? 'reads' : 'writes')
}
