import { expect, test } from 'bun:test'
import { startAccounts as start } from '../../../test/accounts-server.ts'
import { options, register, signIn } from '../../../test/passkey-ceremony.ts'
import { softPasskey } from '../../../test/soft-passkey.ts'

const email = 'ann@example.com'

test('[KEY1] a passkey that was added signs in, without address or password', async () => {
  await using server = await start()
  const ann = await server.signIn(email)
  const key = softPasskey({ origin: server.home })
  expect((await signIn(server, key)).status).toBe(401)
  expect((await register(server, ann.bearer, key)).status).toBe(200)
  const answer = await signIn(server, key)
  expect(answer.status).toBe(200)
  const bearer = { Authorization: `Bearer ${answer.json().session.token}` }
  expect((await server.ask('/api/v1/me', { headers: bearer })).json()).toMatchObject({ id: ann.id })
  expect((await signIn(server, key)).status).toBe(200)
})

test('[KEY2] it is added by who is signed in alone', async () => {
  await using server = await start()
  const { answer } = await options(server, 'generate-register-options')
  expect(answer.status).toBe(401)
})

test('[KEY3] the authenticator must have made sure who uses it, and the browser is told to ask', async () => {
  await using server = await start()
  const ann = await server.signIn(email)
  const sure = softPasskey({ origin: server.home })
  const careless = softPasskey({ origin: server.home, makesSure: false })
  const wanted = await options(server, 'generate-register-options', ann.bearer)
  expect(wanted.asked.authenticatorSelection).toMatchObject({ userVerification: 'required' })
  expect((await options(server, 'generate-authenticate-options')).asked.userVerification).toBe('required')
  await register(server, ann.bearer, sure)
  await register(server, ann.bearer, careless)
  expect((await signIn(server, careless)).status).toBe(401)
  expect((await signIn(server, sure)).status).toBe(200)
})

test('[KEY4] a challenge is answered once, and only for this site', async () => {
  await using server = await start()
  const ann = await server.signIn(email)
  const key = softPasskey({ origin: server.home })
  await register(server, ann.bearer, key)
  const { asked, headers } = await options(server, 'generate-authenticate-options')
  const response = key.assert(asked)
  const send = async () => (await server.post('passkey/verify-authentication', { response }, headers)).status
  expect(await send()).toBe(200)
  expect(await send()).toBe(400)
  const foreign = softPasskey({ origin: 'http://localhost:1' })
  expect((await register(server, ann.bearer, foreign)).status).toBe(400)
  const nonsense = await server.post('passkey/verify-authentication', { response: null }, headers)
  expect(nonsense.status).toBe(400)
})

test('[KEY5] one’s own are listed and removed, and a removed one opens nothing', async () => {
  await using server = await start()
  const [ann, bob] = [await server.signIn(email), await server.signIn('bob@example.com')]
  const key = softPasskey({ origin: server.home })
  await register(server, ann.bearer, key)
  const list = async (bearer: Record<string, string>): Promise<{ id: string; name: string }[]> =>
    (await server.ask('/api/auth/passkey/list-user-passkeys', { headers: bearer })).json()
  const [mine] = await list(ann.bearer)
  expect(mine?.name).toBe('Key')
  expect(await list(bob.bearer)).toEqual([])
  const remove = async (bearer: Record<string, string>) =>
    (await server.post('passkey/delete-passkey', { id: mine?.id }, bearer)).status
  expect(await remove(bob.bearer)).not.toBe(200)
  expect((await signIn(server, key)).status).toBe(200)
  expect(await remove(ann.bearer)).toBe(200)
  expect((await signIn(server, key)).status).toBe(401)
})

test('[SUSP2] a passkey of a suspended account is answered with the reason, and signs in once it is reinstated', async () => {
  await using server = await start()
  const root = await server.signIn('root@example.com')
  const ann = await server.signIn(email)
  const key = softPasskey({ origin: server.home })
  await register(server, ann.bearer, key)
  await server.suspend(root, ann.id)
  const refused = await signIn(server, key)
  expect([refused.status, refused.json().code]).toEqual([403, 'ACCOUNT_SUSPENDED'])
  expect(refused.headers.getSetCookie()).toEqual([])
  await root.as(`/api/v1/admin/accounts/${ann.id}/suspension`, { method: 'DELETE' })
  expect((await signIn(server, key)).status).toBe(200)
})
