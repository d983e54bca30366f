import type { OpenAPIHono } from '@hono/zod-openapi'
import { heldBackBy } from '../../domain/accounts/may-go-on.ts'
import type { Domain } from '../../domain/domain.ts'
import type { Heartbeats } from '../../domain/presence/heartbeats.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Tickets } from '../../ports/tickets.ts'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { channelRoutes } from './channels.ts'
import { conversationRoutes } from './conversations.ts'
import { type Chat, chatDoor } from './door.ts'
import { invitationRoutes } from './invitations.ts'
import { memberRoutes } from './members.ts'
import { messageActionRoutes } from './message-actions.ts'
import { messageRoutes } from './messages.ts'
import { presenceRoutes } from './presence.ts'
import { reportRoutes } from './reports.ts'
import { ticketRoutes } from './tickets.ts'

export interface ChatOptions {
  domain: Domain
  heartbeats: Heartbeats
  identity: Pick<Identity, 'authenticate'>
  /** Origins whose pages may write with a cookie. */
  trustedOrigins: readonly string[]
  publicUrl: string
  /** Given where a gateway will know them. */
  tickets?: Pick<Tickets, 'issue'> | undefined
}

/** The role that answers conversations over REST. */
export function chatRole({
  domain,
  heartbeats,
  identity,
  trustedOrigins,
  publicUrl,
  tickets,
}: ChatOptions): OpenAPIHono<HttpEnv> {
  const chat: Chat = {
    domain,
    door: chatDoor({
      identity,
      trustedOrigins,
      limits: domain.rateLimits,
      heldBack: (session) => heldBackBy(domain, session),
    }),
  }
  const routes = createRoutes()
  for (const part of [
    conversationRoutes,
    channelRoutes,
    memberRoutes,
    messageRoutes,
    messageActionRoutes,
    reportRoutes,
  ]) {
    routes.route('/', part(chat))
  }
  routes.route('/', presenceRoutes(chat, heartbeats))
  routes.route('/', invitationRoutes(chat, publicUrl))
  if (tickets) routes.route('/', ticketRoutes(chat, tickets))
  return routes
}
