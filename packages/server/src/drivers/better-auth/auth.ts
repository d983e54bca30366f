import type { Database } from 'bun:sqlite'
import { createHmac } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { bearer } from 'better-auth/plugins/bearer'
import { emailOTP } from 'better-auth/plugins/email-otp'
import { jwt } from 'better-auth/plugins/jwt'
import type { Report } from '../../lib/report.ts'
import type { Mailer } from '../../ports/mailer.ts'
import { codeMail } from './code-mail.ts'
import { kyselyOn } from './kysely.ts'
import { firstName } from './new-profile.ts'

const codeMinutes = 5
const codeTries = 5
const emailCharsMax = 254
export const sessionLifeMs = 7 * 24 * 3_600_000
/** A session's end is moved at most this often, so that reading costs no write: its life is exact to the hour. */
export const extendAfterMs = 3_600_000

/** The routes that are open; what else better-auth brings stays shut until it is wanted. */
export const openPaths: ReadonlySet<string> = new Set([
  '/email-otp/send-verification-otp',
  '/sign-in/email-otp',
  '/sign-out',
  '/get-session',
  '/list-sessions',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/token',
  '/jwks',
])

export interface AuthSettings {
  database: Database
  mailer: Pick<Mailer, 'send'>
  /** Signs cookies and keys the hash of codes. */
  secret: string
  publicUrl: string
  trustedOrigins: readonly string[]
  report: Report
}

interface AuthHooks {
  beforeCode(email: string): void
  beforeSession(userId: string): Promise<void>
  afterSession(session: { id: string; userId: string }): void
  /** better-auth itself would log that a mail was not sent, and answer that it was. */
  mailFailed(request: Request | undefined, cause: unknown): void
}

export type Auth = ReturnType<typeof createAuth>

export function createAuth(
  { database, mailer, secret, publicUrl, trustedOrigins, report }: AuthSettings,
  { beforeCode, beforeSession, afterSession, mailFailed }: AuthHooks,
) {
  return betterAuth({
    appName: 'Confab',
    baseURL: new URL(publicUrl).origin,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...trustedOrigins],
    // Given as Kysely and not as the bare handle, with which better-auth would open transactions that span awaits.
    database: { db: kyselyOn(database), type: 'sqlite', transaction: false },
    user: { modelName: 'auth_user' },
    account: { modelName: 'auth_account' },
    verification: { modelName: 'auth_verification' },
    session: {
      modelName: 'auth_session',
      expiresIn: sessionLifeMs / 1_000,
      updateAge: extendAfterMs / 1_000,
      freshAge: 0,
    },
    advanced: {
      cookiePrefix: 'confab',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      database: { generateId: () => Bun.randomUUIDv7() },
      // Said outright: under NODE_ENV=test better-auth would leave the check out, and no test could see it fail.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      // Nobody needs to know from where a person signs in, and a header that anybody can send doesn't tell.
      ipAddress: { disableIpTracking: true },
    },
    // Counts by address and by peer are the port's, which all nodes share; these are one process's own.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // What is no refusal of better-auth's own is thrown to the caller, who reports it.
    onAPIError: { throw: true },
    logger: {
      level: 'error',
      log: (_level, message, ...details) => {
        // Without an error it is a client's mistake, a foreign origin for example, and no news for the log.
        const cause: unknown = details.find((detail) => detail instanceof Error)
        if (cause) report(`better-auth: ${message}`, cause)
      },
    },
    plugins: [
      emailOTP({
        otpLength: 6,
        expiresIn: codeMinutes * 60,
        allowedAttempts: codeTries,
        // Keyed: of a bare hash of six digits a thief of the database would try all million.
        storeOTP: { hash: async (code) => createHmac('sha256', secret).update(code).digest('base64url') },
        async sendVerificationOTP({ email, otp }, context) {
          const goodUntil = Date.now() + codeMinutes * 60_000
          const mail = { ...codeMail({ to: email, code: otp, minutes: codeMinutes, publicUrl }), goodUntil }
          await mailer.send(mail).catch((cause) => mailFailed(context?.request, cause))
        },
      }),
      bearer(),
      jwt({
        disableSettingJwtHeader: true,
        schema: { jwks: { modelName: 'auth_jwks' } },
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
        if (path !== '/email-otp/send-verification-otp') return
        if (body?.type !== 'sign-in') {
          throw new APIError('BAD_REQUEST', { code: 'INVALID_TYPE', message: "type must be 'sign-in'" })
        }
        if (typeof body.email === 'string') beforeCode(body.email.toLowerCase())
      }),
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => ({
            data: { ...user, name: firstName({ email: user.email, wanted: user.name }), image: null },
          }),
        },
      },
      session: {
        create: { before: async ({ userId }) => beforeSession(userId) },
        delete: { after: async (session) => afterSession(session) },
      },
    },
  })
}
