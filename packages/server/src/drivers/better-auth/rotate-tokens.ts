import { createAuthMiddleware } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import type { BetterAuthPlugin } from 'better-auth/types'

/**
 * Changes a session's token once it is past half its life: `get-session` then answers with the new one, in
 * the cookie, in `set-auth-token` and in its body. better-auth moves the end of a session and keeps its
 * token for ever. The old one is kept as a hash: good for a minute, and the end of the session after that.
 *
 * Only `get-session` changes it, since a caller of anything else doesn't look for a new token in the answer.
 */
export const rotateTokens = ({
  rotate,
}: {
  rotate: (sessionId: string, said: string) => Promise<string | undefined>
}) =>
  ({
    id: 'confab-rotate-tokens',
    schema: {
      session: {
        fields: { tokenIssuedAt: { type: 'date', required: false, input: false, returned: false } },
      },
      spentToken: {
        modelName: 'auth_spent_token',
        fields: {
          tokenHash: { type: 'string', required: true, unique: true },
          sessionId: { type: 'string', required: true, index: true },
          goodUntil: { type: 'date', required: true },
        },
      },
    },
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === '/get-session',
          handler: createAuthMiddleware(async (context) => {
            const current = context.context.session
            if (!current || context.query?.disableRefresh) return
            const token = await rotate(current.session.id, current.session.token)
            if (token === undefined) return
            const session = { ...current.session, token }
            forgetCookie(context.context.responseHeaders, context.context.authCookies.sessionToken.name)
            await setSessionCookie(context, { session, user: current.user })
            return context.json({ session, user: current.user })
          }),
        },
      ],
    },
  }) satisfies BetterAuthPlugin

/** Takes a cookie back that was set earlier in the same answer: of two, some clients keep the first. */
function forgetCookie(headers: Headers | undefined, name: string): void {
  const kept = headers?.getSetCookie().filter((cookie) => !cookie.startsWith(`${name}=`)) ?? []
  headers?.delete('set-cookie')
  for (const cookie of kept) headers?.append('set-cookie', cookie)
}
