import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import {
  account,
  authPrefix,
  email,
  foreign,
  invitation,
  nobody,
  refused,
  revoked,
  security,
  session,
  signedIn,
  wrong,
} from './auth-schemas.ts'

type Described = Omit<RouteConfig, 'tags'>

const password = z.string()
const limited = problemAnswers('rate_limited')
/** The answer of what may be asked signed in alone. */
const own = { ...wrong, ...nobody, ...foreign }
const shut = { 404: refused('An administrator has shut this way in') }
const whole = z.object({ token: z.string(), user: account })

const passwords: Described[] = [
  {
    method: 'post',
    path: `${authPrefix}/sign-up/email`,
    summary: 'Signs up with a password',
    description: 'Answered alike whether or not the address has an account; the rest comes by mail.',
    request: jsonBody(z.object({ name: z.string(), email, password, invitation })),
    responses: {
      200: jsonAnswer('Look in your mail', z.object({ token: z.null(), user: account })),
      ...limited,
      ...wrong,
      403: refused('Not everybody may sign up, or a cookie came from an origin that is not trusted'),
    },
  },
  {
    method: 'get',
    path: `${authPrefix}/verify-email`,
    summary: 'Confirms an address: the link of the mail',
    request: { query: z.object({ token: z.string() }) },
    responses: {
      200: jsonAnswer('Confirmed', z.object({ status: z.boolean(), user: z.null() })),
      ...wrong,
      401: refused('The link has expired, is none, or was mailed for another password than the latest'),
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/send-verification-email`,
    summary: 'Mails that link again',
    request: jsonBody(z.object({ email })),
    responses: {
      200: jsonAnswer('Mailed, if there is something to confirm', revoked),
      ...limited,
      ...wrong,
      ...foreign,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/sign-in/email`,
    summary: 'Signs in with a password',
    description: 'The right password of an address that nobody has confirmed is answered as a wrong one.',
    request: jsonBody(z.object({ email, password })),
    responses: {
      200: jsonAnswer(
        'Signed in, or asked for the second factor',
        z.union([whole.extend({ redirect: z.boolean(), url: z.string().optional() }), signedIn]),
      ),
      ...limited,
      ...wrong,
      401: refused('Wrong address or password'),
      ...foreign,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/request-password-reset`,
    summary: 'Mails a link for a new password',
    request: jsonBody(z.object({ email })),
    responses: {
      200: jsonAnswer(
        'Mailed, if there is an account',
        z.object({ status: z.boolean(), message: z.string() }),
      ),
      ...limited,
      ...wrong,
      ...foreign,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/reset-password`,
    summary: 'Sets a new password by that link; every session ends',
    request: jsonBody(z.object({ newPassword: password, token: z.string() })),
    responses: { 200: jsonAnswer('Set', revoked), ...wrong, ...foreign },
  },
  {
    method: 'post',
    path: `${authPrefix}/change-password`,
    summary: 'Sets a new password by the present one',
    security,
    request: jsonBody(
      z.object({
        currentPassword: password,
        newPassword: password,
        revokeOtherSessions: z.boolean().optional(),
      }),
    ),
    responses: { 200: jsonAnswer('Set', z.object({ token: z.null(), user: account })), ...own },
  },
]

const withPassword = 'The body is `{}`, or `{ password }` for who has one.'
const code = z.object({ code: z.string(), trustDevice: z.boolean().optional() })
const secondStep = {
  200: jsonAnswer('Signed in; or shown to be right, by who is signed in already', whole),
  ...wrong,
  401: refused('A wrong code, or no sign-in has begun'),
  ...foreign,
  429: refused('Too many wrong codes: locked for a quarter of an hour'),
}

const secondFactor: Described[] = [
  {
    method: 'post',
    path: `${authPrefix}/two-factor/enable`,
    summary: 'Begins a second factor: a secret for an authenticator app, and recovery codes',
    security,
    description: withPassword,
    responses: {
      200: jsonAnswer(
        'Told this once; verify-totp then puts it into force',
        z.object({ method: z.literal('totp'), totpURI: z.string(), backupCodes: z.array(z.string()) }),
      ),
      ...own,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/two-factor/verify-totp`,
    summary: 'The second step of a sign-in, by the app',
    request: jsonBody(code),
    responses: secondStep,
  },
  {
    method: 'post',
    path: `${authPrefix}/two-factor/verify-backup-code`,
    summary: 'The second step of a sign-in, by a recovery code',
    request: jsonBody(code),
    responses: secondStep,
  },
  {
    method: 'post',
    path: `${authPrefix}/two-factor/generate-backup-codes`,
    summary: 'New recovery codes instead of the old',
    security,
    description: withPassword,
    responses: {
      200: jsonAnswer('Told this once', z.object({ status: z.boolean(), backupCodes: z.array(z.string()) })),
      ...own,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/two-factor/disable`,
    summary: 'Lays the second factor down; the session changes',
    security,
    description: withPassword,
    responses: { 200: jsonAnswer('Laid down', revoked), ...own },
  },
]

/** WebAuthn's own documents, as the browser takes and makes them. */
const webAuthn = z.looseObject({})
const passkey = z.looseObject({ id: z.string(), name: z.string().nullable().optional() })
const missing = { 404: refused('None of one’s own') }

const passkeys: Described[] = [
  {
    method: 'get',
    path: `${authPrefix}/passkey/generate-register-options`,
    summary: 'What a browser needs to make a passkey',
    security,
    responses: {
      200: jsonAnswer('Options of navigator.credentials.create', webAuthn),
      ...nobody,
      ...foreign,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/passkey/verify-registration`,
    summary: 'Adds the passkey that was made',
    security,
    request: jsonBody(z.object({ response: webAuthn, name: z.string().optional() })),
    responses: { 200: jsonAnswer('Added', passkey), ...own },
  },
  {
    method: 'get',
    path: `${authPrefix}/passkey/generate-authenticate-options`,
    summary: 'What a browser needs to sign in by a passkey',
    responses: { 200: jsonAnswer('Options of navigator.credentials.get', webAuthn) },
  },
  {
    method: 'post',
    path: `${authPrefix}/passkey/verify-authentication`,
    summary: 'Signs in by a passkey',
    request: jsonBody(z.object({ response: webAuthn })),
    responses: {
      200: jsonAnswer('Signed in', z.object({ session, user: account })),
      ...wrong,
      401: refused('Not a passkey of anybody’s'),
      ...foreign,
    },
  },
  {
    method: 'get',
    path: `${authPrefix}/passkey/list-user-passkeys`,
    summary: 'One’s own passkeys',
    security,
    responses: { 200: jsonAnswer('All of them', z.array(passkey)), ...nobody },
  },
  {
    method: 'post',
    path: `${authPrefix}/passkey/update-passkey`,
    summary: 'Renames one of one’s own passkeys',
    security,
    request: jsonBody(z.object({ id: z.string(), name: z.string() })),
    responses: { 200: jsonAnswer('Renamed', z.object({ passkey })), ...own, ...missing },
  },
  {
    method: 'post',
    path: `${authPrefix}/passkey/delete-passkey`,
    summary: 'Removes one of one’s own passkeys',
    security,
    request: jsonBody(z.object({ id: z.string() })),
    responses: { 200: jsonAnswer('Removed', revoked), ...own, ...missing },
  },
]

const way = z.object({
  provider: z.string(),
  callbackURL: z.string().optional(),
  errorCallbackURL: z.string().optional(),
})
/** The one route of better-auth's with a part that varies. */
export const providerReturnPath = `${authPrefix}/callback/{id}`
const onward = z.object({ url: z.string(), redirect: z.boolean() })
const unknown = { 404: refused('No such provider, or it can’t be reached now') }

const providers: Described[] = [
  {
    method: 'post',
    path: `${authPrefix}/sign-in/social`,
    summary: 'Begins a sign-in by OpenID Connect',
    description: 'An invitation goes along in `additionalData`.',
    request: jsonBody(way.extend({ additionalData: z.object({ invitation }).optional() })),
    responses: { 200: jsonAnswer('Where to send the browser', onward), ...wrong, ...foreign, ...unknown },
  },
  {
    method: 'get',
    path: providerReturnPath,
    summary: 'A provider’s way back: signs in, or links the account',
    description:
      'Browsers come here from the provider; `id` is the provider’s. A refusal is told by `error`.',
    request: {
      params: z.object({ id: z.string() }),
      query: z.object({
        code: z.string().optional(),
        state: z.string().optional(),
        error: z.string().optional(),
        error_description: z.string().optional(),
        iss: z.string().optional(),
      }),
    },
    responses: { 302: { description: 'To the page that the sign-in began for, or the one for its failure' } },
  },
  {
    method: 'post',
    path: `${authPrefix}/link-social`,
    summary: 'Begins to link an account of a provider to one’s own',
    security,
    request: jsonBody(way),
    responses: { 200: jsonAnswer('Where to send the browser', onward), ...own, ...unknown },
  },
  {
    method: 'get',
    path: `${authPrefix}/list-accounts`,
    summary: 'What one’s account is linked to',
    security,
    responses: {
      200: jsonAnswer('All of it', z.array(z.looseObject({ id: z.string(), providerId: z.string() }))),
      ...nobody,
    },
  },
  {
    method: 'post',
    path: `${authPrefix}/unlink-account`,
    summary: 'Unlinks an account of a provider',
    security,
    request: jsonBody(z.object({ providerId: z.string() })),
    responses: { 200: jsonAnswer('Unlinked', revoked), ...own },
  },
]

/** The ways in beside the code, as better-auth answers them. */
export const waysIn: readonly Described[] = [...passwords, ...secondFactor, ...passkeys, ...providers].map(
  (one) => ({ ...one, responses: { ...shut, ...one.responses } }),
)
