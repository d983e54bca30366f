import { defaultLimits } from '@confab/protocol/limits'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Domain } from '../../src/domain/domain.ts'
import { assert } from '../../src/lib/assert.ts'
import { accountsRole } from '../../src/roles/accounts/accounts.ts'
import { chatRole } from '../../src/roles/chat/chat.ts'
import { streamRoutes } from '../../src/roles/gateway/stream-routes.ts'
import { createApi, type HttpEnv } from '../../src/roles/http/api.ts'
import { openDoors } from '../open-doors.ts'
import { identity, type Node } from './node.ts'

/**
 * The real REST routes of one node after the other: to build them takes longer than many a run. What a dead
 * node's requests still wait for never comes, so none goes on with its successor.
 */
export class FrontDoor {
  node: Node | undefined
  readonly #api: OpenAPIHono<HttpEnv>

  constructor() {
    const of = () => {
      assert(this.node, 'nobody is behind this door')
      return this.node
    }
    const domain: Domain = {
      get store() {
        return of().domain.store
      },
      get bus() {
        return of().domain.bus
      },
      get presence() {
        return of().domain.presence
      },
      get commits() {
        return of().domain.commits
      },
      // A role may take these at once, when nobody is behind the door yet.
      clock: {
        now: () => of().domain.clock.now(),
        elapsed: () => of().domain.clock.elapsed(),
        after: (delayMs, action) => of().domain.clock.after(delayMs, action),
      },
      report: (context, cause) => of().domain.report(context, cause),
      identity,
      rateLimits: undefined,
      limits: defaultLimits,
      ...openDoors,
      newId: () => of().domain.newId(),
      get contentSecret() {
        return of().domain.contentSecret
      },
    }
    const trustedOrigins: readonly string[] = []
    this.#api = createApi({
      peerAddress: () => undefined,
      report: domain.report,
      trustedOrigins,
      trustedProxies: { has: () => false },
      limits: undefined,
    })
    const heartbeats = { beat: async () => undefined, [Symbol.dispose]: () => undefined }
    const publicUrl = 'http://confab.test'
    this.#api.route(
      '/',
      accountsRole({ domain, identity, trustedOrigins, publicUrl, mailer: { send: async () => undefined } }),
    )
    this.#api.route('/', chatRole({ domain, heartbeats, identity, trustedOrigins, publicUrl }))
    this.#api.route(
      '/',
      streamRoutes({
        gateway: {
          openStream: (session, from) => of().gateway.openStream(session, from),
          call: (session, id, frame) => of().gateway.call(session, id, frame),
        },
        identity,
        trustedOrigins,
        limits: undefined,
      }),
    )
  }

  async answer(request: Request): Promise<Response> {
    return this.#api.fetch(request)
  }
}
