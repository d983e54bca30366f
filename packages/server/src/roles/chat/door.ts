import type { Domain } from '../../domain/domain.ts'
import type { Identity } from '../../ports/identity.ts'
import type { RequestLimits } from '../http/rate-headers.ts'
import { signedIn } from '../http/signed-in.ts'

/** What each file of this role builds its routes with. */
export interface Chat {
  domain: Domain
  door: ReturnType<typeof chatDoor>
}

/** Spread into a route, lets only those in who are signed in. */
export const chatDoor = (options: {
  identity: Pick<Identity, 'authenticate'>
  trustedOrigins: readonly string[]
  limits: RequestLimits | undefined
}) => ({
  middleware: signedIn(options),
  security: [{ bearer: [] }, { cookie: [] }],
})
