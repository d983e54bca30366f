import type { Domain } from '../../domain/domain.ts'
import { signedIn } from '../http/signed-in.ts'

/** What each file of this role builds its routes with. */
export interface Chat {
  domain: Domain
  door: ReturnType<typeof chatDoor>
}

/** Spread into a route, lets only those in who are signed in. */
export const chatDoor = (options: Parameters<typeof signedIn>[0]) => ({
  middleware: signedIn(options),
  security: [{ bearer: [] }, { cookie: [] }],
})
