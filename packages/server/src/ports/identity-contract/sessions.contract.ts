import { expect, test } from 'bun:test'
import { dayMs, get, minuteMs, type Open, post, signIn } from './under-test.contract.ts'

/** How long a session lives, and what ends it. */
export function sessionsContract(open: Open): void {
  test('[AUTH14] signing out ends token, cookie and JWT at once, and tells who listens', async () => {
    await using used = await open()
    const ann = await signIn(used, 'ann@example.com')
    const other = await signIn(used, 'ann@example.com')
    const session = await used.identity.verify(ann.jwt)
    const ended: unknown[] = []
    const stop = used.identity.onSessionEnded((one) => ended.push(one))
    expect((await post(used, 'sign-out', {}, { Authorization: `Bearer ${ann.token}` })).status).toBe(200)
    expect(ended).toEqual([{ userId: ann.userId, sessionId: session?.sessionId }])
    for (const token of [ann.token, ann.signedToken, ann.jwt]) {
      expect(await used.identity.verify(token)).toBeUndefined()
    }
    expect(await used.identity.authenticate(new Headers({ Cookie: ann.cookie }))).toBeUndefined()
    expect(await used.identity.verify(other.token)).toBeDefined()
    stop()
    await post(used, 'sign-out', {}, { Authorization: `Bearer ${other.token}` })
    expect(ended).toHaveLength(1)
  })

  test('[AUTH15] a session is revoked from another one of the same person, and only by them', async () => {
    await using used = await open()
    const [phone, desk] = [await signIn(used, 'ann@example.com'), await signIn(used, 'ann@example.com')]
    const bob = await signIn(used, 'bob@example.com')
    const ended: unknown[] = []
    used.identity.onSessionEnded(({ sessionId }) => ended.push(sessionId))
    const phoneSession = await used.identity.verify(phone.jwt)
    const list = await get(used, 'list-sessions', { Authorization: `Bearer ${desk.token}` })
    expect((await list.json()).map(({ token }: { token: string }) => token).sort()).toEqual(
      [phone.token, desk.token].sort(),
    )
    const revoke = (by: string) =>
      post(used, 'revoke-session', { token: phone.token }, { Authorization: `Bearer ${by}` })
    await revoke(bob.token)
    expect(await used.identity.verify(phone.jwt)).toEqual(phoneSession)
    const deskSession = await used.identity.verify(desk.token)
    const both = [phoneSession, deskSession].flatMap((session) => (session ? [session.sessionId] : []))
    expect(await used.identity.living(both)).toEqual(new Set(both))
    expect((await revoke(desk.token)).status).toBe(200)
    expect(await used.identity.living(both)).toEqual(new Set(both.slice(1)))
    expect(await used.identity.verify(phone.jwt)).toBeUndefined()
    expect(await used.identity.verify(phone.token)).toBeUndefined()
    expect(await used.identity.verify(desk.token)).toBeDefined()
    expect(ended).toEqual([phoneSession?.sessionId])
  })

  test('[AUTH16] a session ends seven days after its last use', async () => {
    await using used = await open()
    const { token, cookie } = await signIn(used, 'ann@example.com')
    const alive = async () => (await used.identity.verify(token)) !== undefined
    used.advance(6 * dayMs)
    expect(await alive()).toBe(true)
    used.advance(7 * dayMs - minuteMs)
    expect(await alive()).toBe(true)
    used.advance(7 * dayMs + minuteMs)
    expect(await alive()).toBe(false)
    expect(await used.identity.authenticate(new Headers({ Cookie: cookie }))).toBeUndefined()
  })

  test('[AUTH28] a session ends after its longest life, however often it is used: token, cookie and JWT', async () => {
    await using used = await open()
    const { token, cookie } = await signIn(used, 'ann@example.com')
    const headers = new Headers({ Cookie: cookie })
    const get = (path: string) =>
      used.identity.handle(new Request(`${used.publicUrl}/api/auth/${path}`, { headers }))
    const ended: unknown[] = []
    used.identity.onSessionEnded(({ sessionId }) => ended.push(sessionId))
    const first = await used.identity.verify(token)
    for (let days = 6; days < 30; days += 6) {
      used.advance(6 * dayMs)
      expect(await used.identity.authenticate(headers)).toBeDefined()
    }
    used.advance(6 * dayMs - 2 * minuteMs)
    const late = await used.identity.verify(token)
    // Its beginning and its end are written a moment apart.
    const addedMs = (late?.expiresAt ?? 0) - (first?.expiresAt ?? 0)
    expect(Math.abs(addedMs - 23 * dayMs)).toBeLessThan(minuteMs)
    const jwt = (await (await get('token')).json()).token
    expect(await used.identity.verify(jwt)).toBeDefined()
    used.advance(3 * minuteMs)
    for (const one of [token, jwt]) expect(await used.identity.verify(one)).toBeUndefined()
    expect(await used.identity.authenticate(headers)).toBeUndefined()
    expect(await (await get('get-session')).json()).toBeNull()
    expect((await get('token')).status).toBe(401)
    expect(ended).toEqual([first?.sessionId])
  })

  test('[TOTP8] who has no second factor has none that could be taken away', async () => {
    await using used = await open()
    const { userId } = await signIn(used, 'ann@example.com')
    expect(await used.identity.withSecondFactor([userId])).toEqual(new Set())
    expect(await used.identity.removeSecondFactor(userId, { by: 'administrator' })).toBe(false)
  })

  test('[AUTH17] an erased account has no session, no address, and begins anew', async () => {
    await using used = await open()
    const ann = await signIn(used, 'ann@example.com')
    const bob = await signIn(used, 'bob@example.com')
    const ended: unknown[] = []
    used.identity.onSessionEnded(({ userId }) => ended.push(userId))
    const both = [ann.userId, bob.userId]
    expect(await used.identity.withSessions(both)).toEqual(new Set(both))
    await used.identity.erase(ann.userId)
    expect(ended).toEqual([ann.userId])
    expect(await used.identity.withSessions(both)).toEqual(new Set([bob.userId]))
    expect(await used.identity.verify(ann.jwt)).toBeUndefined()
    expect(await used.identity.emailOf(ann.userId)).toBeUndefined()
    expect(await used.identity.verify(bob.token)).toBeDefined()
    expect((await signIn(used, 'ann@example.com')).userId).not.toBe(ann.userId)
    await used.identity.erase(ann.userId)
  })

  test('[AUTH18] a page of a foreign origin can not sign out with the cookie; a page of home can', async () => {
    await using used = await open()
    const { cookie, token } = await signIn(used, 'ann@example.com')
    const signOut = (origin: string) => post(used, 'sign-out', {}, { Cookie: cookie, Origin: origin })
    expect((await signOut('https://evil.example')).status).toBe(403)
    expect(await used.identity.verify(token)).toBeDefined()
    expect((await signOut(used.publicUrl)).status).toBe(200)
    expect(await used.identity.verify(token)).toBeUndefined()
  })

  test('[AUTH19] what is not wanted is missing', async () => {
    await using used = await open()
    const { token } = await signIn(used, 'ann@example.com')
    const shut = [
      'set-password',
      'two-factor/send-otp',
      'email-otp/reset-password',
      'update-user',
      'delete-user',
      'update-session',
      'change-email',
    ]
    for (const path of shut) {
      const answer = await post(used, path, { name: 'x' }, { Authorization: `Bearer ${token}` })
      expect([path, answer.status]).toEqual([path, 404])
    }
    const session = await get(used, 'get-session', { Authorization: `Bearer ${token}` })
    expect((await session.json()).user.email).toBe('ann@example.com')
  })
}
