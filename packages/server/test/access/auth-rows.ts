import { account, everybody, signedIn } from './answers.ts'
import type { OperationRows } from './row.ts'
import type { Scene } from './world.ts'

const freshEmail = () => `new-${crypto.randomUUID()}@example.com`
const password = 'correct horse battery staple'
const noProof = 'without what proves it'

/** better-auth's own doors, at `/api/auth`. It looks at a body before it looks at who sends it. */
export const authRows: OperationRows = {
  'POST /api/auth/email-otp/send-verification-otp': {
    answers: everybody(),
    ask: () => ({ body: { email: freshEmail(), type: 'sign-in' } }),
  },
  'POST /api/auth/sign-in/email-otp': [
    { answers: everybody(), ask: async (scene) => ({ body: await codeFor(scene, freshEmail()) }) },
    {
      what: noProof,
      answers: everybody(400),
      ask: () => ({ body: { email: freshEmail(), otp: '000000' } }),
    },
  ],
  'POST /api/auth/sign-up/email': {
    answers: everybody(),
    ask: () => ({ body: { name: 'New', email: freshEmail(), password } }),
  },
  'GET /api/auth/verify-email': {
    what: noProof,
    answers: everybody(401),
    ask: () => ({ query: { token: 'x' } }),
  },
  'POST /api/auth/send-verification-email': {
    what: 'for another’s address',
    answers: everybody('yes', 400),
    ask: () => ({ body: { email: freshEmail() } }),
  },
  'POST /api/auth/sign-in/email': {
    what: noProof,
    answers: everybody(401),
    ask: () => ({ body: { email: freshEmail(), password } }),
  },
  'POST /api/auth/request-password-reset': {
    answers: everybody(),
    ask: () => ({ body: { email: freshEmail() } }),
  },
  'POST /api/auth/reset-password': {
    what: noProof,
    answers: everybody(400),
    ask: () => ({ body: { newPassword: password, token: 'x' } }),
  },
  'POST /api/auth/sign-in/social': {
    what: 'no provider is set up',
    answers: everybody(404),
    ask: () => ({ body: { provider: 'acme', callbackURL: '/' } }),
  },
  'GET /api/auth/callback/{id}': {
    what: 'without what proves it, to a page that says so',
    answers: everybody(302),
    ask: () => ({ path: { id: 'acme' }, query: { code: 'x', state: 'guessed' } }),
  },
  'GET /api/auth/passkey/generate-authenticate-options': { answers: everybody() },
  'POST /api/auth/passkey/verify-authentication': {
    what: noProof,
    answers: everybody(400),
    ask: () => ({ body: { response: passkeyAnswer } }),
  },
  'POST /api/auth/two-factor/verify-totp': {
    what: noProof,
    answers: everybody(401, 400),
    ask: () => ({ body: { code: '000000' } }),
  },
  'POST /api/auth/two-factor/verify-backup-code': {
    what: noProof,
    answers: everybody(401, 400),
    ask: () => ({ body: { code: 'x' } }),
  },

  'GET /api/auth/jwks': { answers: everybody() },
  'GET /api/auth/get-session': { what: 'null for nobody', answers: everybody() },
  'POST /api/auth/sign-out': { answers: everybody(), spends: 'sessions' },
  'GET /api/auth/list-sessions': { answers: account() },
  'POST /api/auth/revoke-session': { answers: account(), ask: () => ({ body: { token: 'another' } }) },
  'POST /api/auth/revoke-sessions': { answers: account(), spends: 'sessions' },
  'POST /api/auth/revoke-other-sessions': { answers: account(), spends: 'sessions' },
  'GET /api/auth/token': { answers: account() },
  'POST /api/auth/change-password': {
    what: 'where there is none',
    answers: signedIn(400),
    ask: () => ({ body: { currentPassword: password, newPassword: `${password} 2` } }),
  },
  'POST /api/auth/two-factor/enable': {
    answers: account(),
    ask: () => ({ body: {} }),
    spends: 'sessions',
  },
  'POST /api/auth/two-factor/generate-backup-codes': {
    what: 'without a second factor',
    answers: signedIn(400),
    ask: () => ({ body: {} }),
  },
  'POST /api/auth/two-factor/disable': {
    answers: signedIn(),
    ask: () => ({ body: {} }),
    spends: 'sessions',
  },
  'GET /api/auth/passkey/generate-register-options': { answers: account() },
  'POST /api/auth/passkey/verify-registration': {
    what: noProof,
    answers: account(400),
    ask: () => ({ body: { response: passkeyAnswer } }),
  },
  'GET /api/auth/passkey/list-user-passkeys': { answers: account() },
  'POST /api/auth/passkey/update-passkey': {
    what: 'not one’s own',
    answers: account(404),
    ask: () => ({ body: { id: 'x', name: 'Mine' } }),
  },
  'POST /api/auth/passkey/delete-passkey': {
    what: 'not one’s own',
    answers: signedIn(404),
    ask: () => ({ body: { id: 'x' } }),
  },
  'POST /api/auth/link-social': {
    what: 'no provider is set up',
    answers: signedIn(404),
    ask: () => ({ body: { provider: 'acme', callbackURL: '/' } }),
  },
  'GET /api/auth/list-accounts': { answers: account() },
  'POST /api/auth/unlink-account': {
    what: 'not linked',
    answers: { ...everybody(400), unproven: 403 },
    ask: () => ({ body: { providerId: 'acme' } }),
  },
}

/** The shape of what a browser's passkey says, with nothing behind it. */
const passkeyAnswer = {
  ...{ id: 'x', rawId: 'x', type: 'public-key', clientExtensionResults: {} },
  response: { clientDataJSON: 'x', attestationObject: 'x', authenticatorData: 'x', signature: 'x' },
}

async function codeFor({ server }: Scene, email: string) {
  await server.call(undefined, 'POST /api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
  const inbox = await server.call(undefined, `GET /api/dev/mail?to=${encodeURIComponent(email)}`)
  return { email, otp: /\b\d{6}\b/.exec(JSON.stringify(inbox.body))?.[0] }
}
