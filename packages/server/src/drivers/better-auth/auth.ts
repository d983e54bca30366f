import { createHmac } from 'node:crypto'
import type { SessionId, UserId } from '@confab/protocol/ids'
import { sessionId, userId } from '@confab/protocol/ids'
import { betterAuth } from 'better-auth'
import { APIError, createAuthMiddleware, getOAuthState, isAPIError } from 'better-auth/api'
import { bearer } from 'better-auth/plugins/bearer'
import { emailOTP } from 'better-auth/plugins/email-otp'
import { jwt } from 'better-auth/plugins/jwt'
import type { Kysely } from 'kysely'
import { networkOf } from '../../lib/network.ts'
import type { Report } from '../../lib/report.ts'
import type { AccountRules, CredentialChange } from '../../ports/identity.ts'
import type { Mailer } from '../../ports/mailer.ts'
import { askedNow } from './asking.ts'
import type { AuthDatabase } from './auth-database.ts'
import { codeMail } from './code-mail.ts'
import { cookiesOf } from './cookies.ts'
import { knownDevicesPlugin } from './known-devices.ts'
import { firstName } from './new-profile.ts'
import { noAccountMail } from './no-account-mail.ts'
import type { OidcProviders } from './oidc-providers.ts'
import { authPath } from './open-paths.ts'
import { passkeys, passkeysAskWho } from './passkeys.ts'
import type { PasswordCost } from './passwords/password-hash.ts'
import { checkPassword, type PasswordHooks, passwordOptions } from './passwords/password-options.ts'
import { ownWordsOf } from './passwords/password-rules.ts'
import { unprovedPasswords } from './passwords/unproved-passwords.ts'
import { rotateTokens } from './rotate-tokens.ts'
import { secondFactor } from './second-factor.ts'
import { extendAfterMs, keyLifeMs, sessionLifeMs } from './session-life.ts'

const codeMinutes = 5
const codeTries = 5
const emailCharsMax = 254
const userAgentCharsMax = 256
/** Longer than any JWT of an old key lives. */
const keyGraceHours = 1

export interface AuthSettings {
  database: AuthDatabase
  mailer: Pick<Mailer, 'send'>
  /** Signs cookies and keys the hash of codes. */
  secret: string
  publicUrl: string
  trustedOrigins: readonly string[]
  rules: AccountRules
  report: Report
  /** Of argon2id; a test has no time for the default. */
  passwordCost?: PasswordCost
}

export interface AuthHooks extends PasswordHooks {
  hasAccount(email: string): Promise<boolean>
  beforeCode(email: string): Promise<void>
  /** Whether the request signs up an address that its browser has signed up just now. */
  signsUpAgain(email: string): boolean
  beforeSession(userId: string): Promise<{ twoFactors: boolean }>
  afterSession(session: { sessionId: SessionId; userId: UserId }): void
  rotate(sessionId: string, said: string): Promise<string | undefined>
  /** An account's owner joined a provider to it, or parted one, or the password, from it. */
  credentialChanged(userId: string, change: CredentialChange): void
  /** better-auth itself would log that a mail was not sent, and answer that it was. */
  mailFailed(cause: unknown): void
}

export type Auth = ReturnType<typeof createAuth>

export function createAuth(
  settings: AuthSettings & { oidc: OidcProviders; kysely: Kysely<unknown> },
  hooks: AuthHooks,
) {
  const { database, kysely, mailer, secret, publicUrl, trustedOrigins, rules, oidc, report } = settings

  const ownWords = ownWordsOf(publicUrl)
  const cookies = cookiesOf(publicUrl)

  /** An account for who has none; refused by a word that says nothing of whether they have one. */
  async function requireAdmitted(email: string, spend: boolean): Promise<void> {
    const invitation = askedNow()?.invitation ?? (await invitationInState())
    if (await rules.admits({ email, invitation, spend, again: hooks.signsUpAgain(email) })) return
    throw new APIError('FORBIDDEN', { code: 'SIGN_UP_CLOSED', message: 'Not everybody may sign up here' })
  }

  return betterAuth({
    appName: 'Confab',
    baseURL: new URL(publicUrl).origin,
    basePath: authPath,
    secret,
    trustedOrigins: [...trustedOrigins],
    // Given as Kysely and not as a bare handle or a pool,
    // with which better-auth would open transactions that span awaits.
    database: { db: kysely, type: database.type, transaction: false },
    user: {
      modelName: 'auth_user',
      validateUserInfo: async ({ user, source }) => {
        if (source.method === 'oauth' && user.emailVerified !== true)
          return {
            error: 'email_not_verified',
            errorDescription: 'The provider has not confirmed this address',
          }
      },
    },
    account: { modelName: 'auth_account', encryptOAuthTokens: true },
    verification: {
      modelName: 'auth_verification',
      storeIdentifier: { default: 'plain', overrides: { 'reset-password': 'hashed', '2fa-': 'hashed' } },
    },
    session: {
      modelName: 'auth_session',
      expiresIn: sessionLifeMs / 1_000,
      updateAge: extendAfterMs / 1_000,
      freshAge: 0,
    },
    ...passwordOptions({
      ...{ mailer, publicUrl, secret, hooks, requireAdmitted },
      unproved: unprovedPasswords(database.statements, { secret }),
      cost: settings.passwordCost,
    }),
    advanced: {
      cookiePrefix: cookies.prefix,
      useSecureCookies: false,
      defaultCookieAttributes: cookies.attributes,
      database: { generateId: () => Bun.randomUUIDv7() },
      // Said outright: under NODE_ENV=test better-auth would leave the check out,
      // and no test could see it fail.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      // A header that anybody can send doesn't tell from where they come: the caller knows.
      ipAddress: { disableIpTracking: true },
    },
    // Counts by address and by peer are the port's, which all nodes share; these are one process's own.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // What is no refusal of better-auth's own is thrown to the caller, who reports it.
    onAPIError: { throw: true, errorURL: `${new URL(publicUrl).origin}/` },
    logger: {
      level: 'error',
      log: (_level, message, ...details) => {
        // Without an error it is a client's mistake, a foreign origin for example, and no news for the log.
        const cause: unknown = details.find((detail) => detail instanceof Error)
        if (cause && !isAPIError(cause) && !isForgedState(cause)) report(`better-auth: ${message}`, cause)
      },
    },
    plugins: [
      emailOTP({
        otpLength: 6,
        expiresIn: codeMinutes * 60,
        allowedAttempts: codeTries,
        // Keyed: of a bare hash of six digits a thief of the database would try all million.
        storeOTP: { hash: async (code) => createHmac('sha256', secret).update(code).digest('base64url') },
        async sendVerificationOTP({ email, otp }) {
          const invitation = askedNow()?.invitation
          // Both are asked of everybody: what is asked of strangers alone shows in the answer's time.
          const hasAccount = await hooks.hasAccount(email)
          const isAdmitted = await rules.admits({ email, invitation, spend: false })
          // One mail to everybody, so that neither the answer nor its time tells who has an account.
          const goodUntil = Date.now() + codeMinutes * 60_000
          const mail =
            hasAccount || isAdmitted
              ? codeMail({ to: email, code: otp, minutes: codeMinutes, publicUrl })
              : noAccountMail({ to: email, publicUrl })
          await mailer.send({ ...mail, goodUntil }).catch((cause) => hooks.mailFailed(cause))
        },
      }),
      secondFactor(secret),
      passkeys({ publicUrl, trustedOrigins }),
      passkeysAskWho,
      oidc.plugin,
      knownDevicesPlugin,
      rotateTokens({ rotate: (id, said) => hooks.rotate(id, said) }),
      // After whatever sets a cookie: it reads the token for `set-auth-token` there.
      bearer(),
      jwt({
        disableSettingJwtHeader: true,
        schema: { jwks: { modelName: 'auth_jwks' } },
        jwks: { rotationInterval: keyLifeMs / 1_000, gracePeriod: keyGraceHours * 3_600 },
        jwt: {
          issuer: publicUrl,
          audience: publicUrl,
          expirationTime: '15m',
          definePayload: ({ session }) => ({ sid: session.id }),
        },
      }),
    ],
    hooks: {
      before: createAuthMiddleware(async ({ path, body }) => {
        if (typeof body?.email === 'string' && body.email.length > emailCharsMax) {
          throw new APIError('BAD_REQUEST', { code: 'INVALID_EMAIL', message: 'Invalid email' })
        }
        const email = typeof body?.email === 'string' ? body.email.toLowerCase() : undefined
        note(body, email)
        await checkPassword(path, body, ownWords)
        if (path === '/sign-up/email' && email !== undefined) await requireAdmitted(email, false)
        if (path === '/sign-in/social' && body?.idToken) {
          throw new APIError('BAD_REQUEST', {
            code: 'NO_ID_TOKEN',
            message: 'Sign in by the provider’s page',
          })
        }
        // better-auth would end this session as well, and begin another with other sockets and another token.
        if (path === '/change-password' && body?.revokeOtherSessions === true) {
          const asked = askedNow()
          if (asked) asked.endOthers = true
          return { context: { body: { ...body, revokeOtherSessions: false } } }
        }
        if (path !== '/email-otp/send-verification-otp') return
        if (body?.type !== 'sign-in') {
          throw new APIError('BAD_REQUEST', { code: 'INVALID_TYPE', message: "type must be 'sign-in'" })
        }
        if (email !== undefined) await hooks.beforeCode(email)
      }),
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => {
            await requireAdmitted(user.email, true)
            const asked = askedNow()
            if (asked) asked.isNewUser = true
            return {
              data: { ...user, name: firstName({ email: user.email, wanted: user.name }), image: null },
            }
          },
        },
      },
      account: {
        create: {
          after: async ({ userId: owner, providerId: provider }) => {
            const asked = askedNow()
            if (!asked?.path.startsWith('/callback/') || asked.isNewUser) return
            hooks.credentialChanged(owner, { action: 'provider.linked', provider })
          },
        },
        delete: {
          after: async ({ userId: owner, providerId: provider }) => {
            if (askedNow()?.path !== '/unlink-account') return
            const isPassword = provider === 'credential'
            const parted = { action: 'provider.unlinked', provider } as const
            hooks.credentialChanged(owner, isPassword ? { action: 'password.removed' } : parted)
          },
        },
      },
      session: {
        create: {
          before: async (session) => {
            const { twoFactors } = await hooks.beforeSession(session.userId)
            const asked = askedNow()
            return {
              data: {
                ...session,
                ipAddress: networkOf(asked?.peer) ?? '',
                userAgent: asked?.userAgent?.slice(0, userAgentCharsMax) ?? '',
                tokenIssuedAt: session.createdAt,
                twoFactors,
              },
            }
          },
          after: async (session) => {
            askedNow()?.begun.set(sessionId.parse(session.id), userId.parse(session.userId))
          },
        },
        delete: {
          after: async (session) => {
            const ended = { sessionId: sessionId.parse(session.id), userId: userId.parse(session.userId) }
            // A session that never left the request, as before a second factor, is nobody's news.
            if (!askedNow()?.begun.delete(ended.sessionId)) hooks.afterSession(ended)
          },
        },
      },
    },
  })
}

/** Keeps of a body what the hooks further down are not given. */
function note(body: unknown, email: string | undefined): void {
  const asked = askedNow()
  if (!asked || typeof body !== 'object' || body === null) return
  if (email !== undefined) asked.email = email
  if ('password' in body && typeof body.password === 'string') asked.password = body.password
  if ('code' in body && typeof body.code === 'string') asked.code = body.code
  if ('invitation' in body && typeof body.invitation === 'string') asked.invitation = body.invitation
}

/** The invitation that went to a provider's page and back: `additionalData` of `sign-in/social`. */
async function invitationInState(): Promise<string | undefined> {
  const state = askedNow()?.path.startsWith('/callback/') ? await getOAuthState() : undefined
  return typeof state?.invitation === 'string' ? state.invitation : undefined
}

/** Whoever comes back from a provider without having been sent there: any stranger may, as often as they like. */
const isForgedState = (cause: object): boolean =>
  'code' in cause && typeof cause.code === 'string' && forgedStates.has(cause.code)
const forgedStates: ReadonlySet<string> = new Set([
  'state_not_found',
  'state_mismatch',
  'state_invalid',
  'state_security_mismatch',
])
