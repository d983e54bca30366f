import type { SessionId, UserId } from '@confab/protocol/ids'

/** Knows who is who: accounts, sessions, tokens. What a person shows others is the store's. */
export interface Identity extends AsyncDisposable {
  /** Answers the routes under `/api/auth/`. */
  handle(request: Request): Promise<Response>
  /** Who makes a request, by cookie or by `Authorization: Bearer` (session token or JWT). */
  authenticate(headers: Headers): Promise<Session | undefined>
  /** Who a bearer token belongs to: a session token or a JWT, alive and not revoked. */
  verify(token: string): Promise<Session | undefined>
  /** Those of the sessions that nobody has ended before their time. */
  living(ids: readonly SessionId[]): Promise<Set<SessionId>>
  emailOf(userId: UserId): Promise<string | undefined>
  /** Ends every session of the user and erases the account. */
  erase(userId: UserId): Promise<void>
  /** Calls when a session has ended before its time, on this node. */
  onSessionEnded(listener: (ended: { userId: UserId; sessionId: SessionId }) => void): () => void
}

export interface Session {
  userId: UserId
  sessionId: SessionId
  /** Milliseconds since 1970 UTC. */
  expiresAt: number
}
