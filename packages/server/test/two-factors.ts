import { doCall } from './people.ts'
import { softPasskey } from './soft-passkey.ts'
import type { Person, TestServer } from './start-server.ts'
import { totpAt } from './totp.ts'

/** Sets up an authenticator app: the session that takes the place of the person's began with two factors. */
export async function withApp(server: TestServer, person: Person): Promise<Person> {
  const made = await doCall(server, person, 'POST /api/auth/two-factor/enable', {})
  const code = totpAt((made as { totpURI: string }).totpURI, Date.now())
  const shown = await server.call(person, 'POST /api/auth/two-factor/verify-totp', { code })
  return { ...person, token: shown.headers.get('set-auth-token') ?? '' }
}

const keys = new WeakMap<TestServer, ReturnType<typeof softPasskey>>()

/** Signs somebody of a server in by their passkey, which is added where they have none yet. */
export async function byPasskey(server: TestServer, email: string): Promise<Person> {
  const key = keys.get(server) ?? (await addPasskey(server, await server.signIn(email)))
  const asked = await server.call(undefined, 'GET /api/auth/passkey/generate-authenticate-options')
  const begun = await answerOptions(server, asked, 'verify-authentication', (options) => key.assert(options))
  const { session, user } = begun as { session: { token: string }; user: Pick<Person, 'id'> }
  return { id: user.id, email, token: session.token }
}

async function addPasskey(server: TestServer, person: Person) {
  const key = softPasskey({ origin: server.url })
  const asked = await server.call(person, 'GET /api/auth/passkey/generate-register-options?name=Key')
  const answer = (options: { challenge: string }) => key.register(options)
  await answerOptions(server, asked, 'verify-registration', answer, person)
  keys.set(server, key)
  return key
}

/** Brings the answer to options with the cookie that says which challenge they were. */
async function answerOptions(
  server: TestServer,
  { headers, body }: { headers: Headers; body: unknown },
  path: string,
  answer: (options: { challenge: string }) => object,
  as?: Person,
): Promise<unknown> {
  const said = await fetch(`${server.url}/api/auth/passkey/${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Origin: server.url,
      Cookie: headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
      ...(as && { Authorization: `Bearer ${as.token}` }),
    },
    body: JSON.stringify({ response: answer(body as { challenge: string }), name: 'Key' }),
  })
  if (!said.ok) throw new Error(`passkey/${path}: ${said.status} ${await said.text()}`)
  return said.json()
}
