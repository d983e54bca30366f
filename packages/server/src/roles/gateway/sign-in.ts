import { closeCode } from '@confab/protocol/close-codes'
import type { Identity } from '../../ports/identity.ts'
import type { Tickets } from '../../ports/tickets.ts'
import type { Admission } from './connection.ts'

/**
 * Decides with what a socket begins. A refusal too is upgraded, and closed with its code afterwards,
 * since a browser can't read a refused upgrade. An Origin that is given must be allowed; a cookie
 * without an Origin is refused, for it might come from anywhere.
 */
export async function admit(
  request: Request,
  {
    identity,
    tickets,
    origins,
    sessionCookie,
  }: {
    identity: Identity
    tickets: Pick<Tickets, 'redeem'>
    origins: ReadonlySet<string>
    sessionCookie: (cookies: string) => boolean
  },
): Promise<Admission> {
  const { headers } = request
  const origin = headers.get('origin')
  if (origin !== null && !origins.has(origin)) return refused(closeCode.originRefused, 'origin refused')

  const ticket = new URL(request.url).searchParams.get('ticket')
  if (ticket !== null) return signedIn(await tickets.redeem(ticket))
  if (headers.has('authorization')) return signedIn(await identity.authenticate(bearerOnly(headers)))
  if (!sessionCookie(headers.get('cookie') ?? '')) return { admitted: 'anonymous' }
  if (origin === null) return refused(closeCode.originRefused, 'a cookie needs an Origin')
  return signedIn(await identity.authenticate(headers))
}

const refused = (code: number, reason: string): Admission => ({ admitted: 'refused', code, reason })

const signedIn = (session: Awaited<ReturnType<Identity['authenticate']>>): Admission =>
  session ? { admitted: 'signed-in', session } : refused(closeCode.signedOut, 'signed out')

/** A bearer token speaks for itself: whatever cookie came along must not. */
function bearerOnly(headers: Headers): Headers {
  return new Headers({ authorization: headers.get('authorization') ?? '' })
}
