import type { SignInWay } from '@confab/protocol/account-settings'
import type { SessionId, UserId } from '@confab/protocol/ids'
import type { Noted } from './audit-entry.ts'
import type { List, ListPage } from './store.ts'

/** Knows who is who: accounts, sessions, tokens. What a person shows others is the store's. */
export interface Identity extends AsyncDisposable {
  /** Answers the routes under `/api/auth/`. `peer` is the address that asks, where it is known. */
  handle(request: Request, from?: { peer?: string | undefined }): Promise<Response>
  /** Who makes a request, by cookie or by `Authorization: Bearer` (session token or JWT). */
  authenticate(headers: Headers): Promise<Session | undefined>
  /** Who a bearer token belongs to: a session token or a JWT, alive and not revoked. */
  verify(token: string): Promise<Session | undefined>
  /** Those of the sessions that nobody has ended before their time. */
  living(ids: readonly SessionId[]): Promise<Set<SessionId>>
  /** Whose sign-in waits for its second factor, by the browser's cookie. */
  secondFactorOf(headers: Headers): Promise<UserId | undefined>
  emailOf(userId: UserId): Promise<string | undefined>
  /** The addresses of those who have an account. */
  emailsOf(userIds: readonly UserId[]): Promise<Map<UserId, string>>
  /** Whose address begins so, whatever the capitals; by address. */
  findByEmail(page: ListPage & { prefix: string }): Promise<List<UserId>>
  /** Whose address it is, whatever its capitals. */
  userOf(email: string): Promise<UserId | undefined>
  /** The user's live sessions, the latest used first. */
  sessions(userId: UserId): Promise<SessionRecord[]>
  /** What else is kept of an account, secrets left out; undefined where there is none. */
  account(userId: UserId): Promise<AccountRecord | undefined>
  /** Those of the users who have sessions, live or expired lately. */
  withSessions(userIds: readonly UserId[]): Promise<Set<UserId>>
  /** Ends one of the user's own sessions; false if it is none of theirs. */
  endSession(session: { userId: UserId; sessionId: SessionId }): Promise<boolean>
  /** Ends every session of the user but one. */
  endOtherSessions(session: { userId: UserId; sessionId: SessionId }): Promise<void>
  /** Whether it is really them who asks: the password, or the code that was mailed, which then is spent. */
  confirm(userId: UserId, proof: Proof): Promise<boolean>
  /** Ends every session of the user, and what was handed out to them and not used yet. */
  endSessions(userId: UserId, by?: Noted): Promise<void>
  /**
   * Those of the users who have a second factor: an app's codes, or a passkey, as long as these are a way in.
   */
  withSecondFactor(userIds: readonly UserId[]): Promise<Set<UserId>>
  /** Those of the sessions that began with two factors, of people who have a second one still. */
  withTwoFactors(sessionIds: readonly SessionId[]): Promise<Set<SessionId>>
  /**
   * Takes whatever the user's second factor is away, passkeys too, and tells them by mail who did so;
   * false where there is none.
   */
  removeSecondFactor(userId: UserId, options: { by: FactorRemover } & Noted): Promise<boolean>
  /** Ends every session of the user and erases the account. */
  erase(userId: UserId): Promise<void>
  /** The providers that sign-in by OpenID Connect may be asked for. */
  readonly providers: readonly { id: string; name: string }[]
  /** Calls when a session has ended before its time, on this node. */
  onSessionEnded(listener: (ended: { userId: UserId; sessionId: SessionId }) => void): () => void
  /** Calls when somebody has signed in on this node, the second factor included. */
  onSignedIn(listener: (signedIn: SignedIn) => void): () => void
  /** Calls when somebody tried to and was refused. */
  onSignInFailed(listener: (failed: SignInFailed) => void): () => void
  /** Calls when somebody has changed what opens their own account, on this node. */
  onCredentialChanged(listener: (changed: CredentialChanged) => void): () => void
}

/** The operator is whoever runs the server, who need have no account. */
export type FactorRemover = 'administrator' | 'operator'

export type Proof = { password: string } | { code: string }

export interface Session {
  userId: UserId
  sessionId: SessionId
  /** Milliseconds since 1970 UTC. */
  expiresAt: number
}

/** A session as its owner is shown it. Times are milliseconds since 1970 UTC, that of the use to the hour. */
export interface SessionRecord {
  sessionId: SessionId
  createdAt: number
  usedAt: number
  network: string | undefined
  userAgent: string | undefined
}

/** An account as its owner is given it. Times are milliseconds since 1970 UTC. */
export interface AccountRecord {
  email: string
  emailConfirmed: boolean
  createdAt: number
  hasPassword: boolean
  secondFactor: boolean
  passkeys: { name: string | null; createdAt: number | null }[]
  /** Where else the person signs in, and as whom there. */
  providers: { provider: string; accountId: string; createdAt: number }[]
  /** When each known device was last seen: of the device itself a hash is kept. */
  devices: { seenAt: number }[]
}

interface SignInTry {
  /** What was asked for last: the second factor follows a code or a password. */
  way: SignInWay | 'second-factor'
  at: number
  /** Never the address itself. */
  network: string | undefined
  userAgent: string | undefined
}

export interface SignedIn extends SignInTry {
  userId: UserId
  sessionId: SessionId
  /** Nothing that this person had used before. */
  newDevice: boolean
}

export interface SignInFailed extends SignInTry {
  /** As it was given, in lower case; perhaps nobody's. Undefined where the way asks for none. */
  email: string | undefined
}

export interface CredentialChanged {
  userId: UserId
  at: number
  /** Never the address itself. */
  network: string | undefined
  change: CredentialChange
}

/** As the audit log says it; that somebody signs up with is no change. */
export type CredentialChange =
  /** By the present one, or by a link that was mailed, also where there was none. */
  | { action: 'password.changed'; by: 'password' | 'link' }
  | { action: 'provider.linked' | 'provider.unlinked'; provider: string }
  | {
      action:
        | 'password.removed'
        | 'second-factor.added'
        | 'second-factor.removed'
        | 'recovery-codes.changed'
        | 'passkey.added'
        | 'passkey.removed'
    }

/** Which doors are open, and to whom: asked at each sign-in, so that a change holds at once. */
export interface AccountRules {
  ways(): Promise<ReadonlySet<SignInWay>>
  /**
   * Whether somebody without an account may have one. `spend` also takes a use of the invitation. Whoever has
   * not shown yet that an address is theirs has it asked, and spent, alike where it has an account. `again`: who
   * asks has spent a use for this address just now; no other one is spent, or need be left.
   */
  admits(newcomer: {
    email: string
    invitation: string | undefined
    spend: boolean
    again?: boolean
  }): Promise<boolean>
  /**
   * Why an account may not come in for now, if it may not. Asked once somebody has shown that it is theirs,
   * so that a stranger learns nothing.
   */
  suspensionOf(userId: UserId): Promise<{ reason: string } | undefined>
}
