import { passkey } from '@better-auth/passkey'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import type { BetterAuthPlugin } from 'better-auth/types'

/**
 * Passkeys (WebAuthn level 2) for this installation's host. The person must have shown themselves to the
 * authenticator, by PIN or finger: only so is a passkey two factors in one.
 */
export const passkeys = ({
  publicUrl,
  trustedOrigins,
}: {
  publicUrl: string
  trustedOrigins: readonly string[]
}) =>
  passkey({
    rpID: new URL(publicUrl).hostname,
    rpName: 'Confab',
    origin: [...trustedOrigins],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    schema: { passkey: { modelName: 'auth_passkey' } },
    authentication: {
      afterVerification: async ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) {
          throw new APIError('UNAUTHORIZED', {
            code: 'USER_NOT_VERIFIED',
            message: 'The authenticator did not make sure who uses it',
          })
        }
      },
    },
  })

/**
 * Has the browser ask for it from the start, where better-auth says `preferred`; and refuses as a client's
 * mistake what better-auth would fail over as its own.
 */
export const passkeysAskWho = {
  id: 'confab-passkeys-ask-who',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path?.startsWith('/passkey/verify-') === true,
        handler: createAuthMiddleware(async ({ body }) => {
          if (typeof body?.response?.id === 'string') return
          throw new APIError('BAD_REQUEST', {
            code: 'INVALID_RESPONSE',
            message: 'No answer of an authenticator',
          })
        }),
      },
    ],
    after: [
      {
        matcher: ({ path }) => path === '/passkey/generate-authenticate-options',
        handler: createAuthMiddleware(async (context) => {
          const options = context.context.returned
          if (typeof options !== 'object' || options === null || options instanceof Error) return
          return context.json({ ...options, userVerification: 'required' })
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin
