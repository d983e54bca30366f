import type { Domain } from '../../domain/domain.ts'
import type { signedIn } from '../http/signed-in.ts'

/** What the routes about people are built with. */
export interface People {
  domain: Domain
  /** Spread into a route, lets only those in who are signed in. */
  door: { middleware: ReturnType<typeof signedIn>; security: Record<string, string[]>[] }
}
