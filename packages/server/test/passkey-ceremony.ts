import type { AccountsServer } from './accounts-server.ts'
import type { softPasskey } from './soft-passkey.ts'

/** Options for the browser, and the cookie that says which challenge they were. */
export async function options(server: AccountsServer, path: string, headers: Record<string, string> = {}) {
  const answer = await server.ask(`/api/auth/passkey/${path}`, { headers })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  return { answer, asked: answer.json(), headers: { Cookie: cookies.join('; '), Origin: server.home } }
}

export async function register(
  server: AccountsServer,
  bearer: Record<string, string>,
  key: ReturnType<typeof softPasskey>,
) {
  const { asked, headers } = await options(server, 'generate-register-options', bearer)
  return server.post(
    'passkey/verify-registration',
    { response: key.register(asked), name: 'Key' },
    {
      ...headers,
      ...bearer,
    },
  )
}

export async function signIn(server: AccountsServer, key: ReturnType<typeof softPasskey>) {
  const { asked, headers } = await options(server, 'generate-authenticate-options')
  return server.post('passkey/verify-authentication', { response: key.assert(asked) }, headers)
}
