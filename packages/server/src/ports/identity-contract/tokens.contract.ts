import { expect, test } from 'bun:test'
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { decode, encode, get, minuteMs, type Open, signIn } from './under-test.contract.ts'

/** By what somebody says who they are, and what says nobody. */
export function tokensContract(open: Open): void {
  test('[AUTH10] session token, signed token, cookie and JWT say the same session', async () => {
    await using used = await open()
    const { identity } = used
    const ann = await signIn(used, 'ann@example.com')
    const session = await identity.verify(ann.token)
    expect(session).toMatchObject({ userId: ann.userId })
    expect(await identity.verify(ann.signedToken)).toEqual(session)
    expect(await identity.verify(ann.jwt)).toEqual(session)
    expect(await identity.verify(ann.jwt)).toEqual(session)
    expect(await identity.authenticate(new Headers({ Cookie: `a=b; ${ann.cookie}; c=d` }))).toEqual(session)
    expect(await identity.authenticate(new Headers({ Authorization: `Bearer ${ann.jwt}` }))).toEqual(session)
  })

  test('[AUTH11] the cookie is out of reach of scripts and foreign pages, and Secure under https', async () => {
    await using plain = await open()
    expect((await signIn(plain, 'ann@example.com')).setCookie).toMatch(/; HttpOnly; SameSite=Lax$/i)
    await using secure = await open({ publicUrl: 'https://chat.example.com' })
    const { setCookie } = await signIn(secure, 'ann@example.com')
    expect(setCookie).toMatch(/^__Host-/)
    expect(setCookie).toMatch(/; Path=\/; .*; Secure/i)
  })

  test('[AUTH12] a JWT says whom, for whom and how long, and verifies by the published keys', async () => {
    await using used = await open()
    const { jwt, userId, token } = await signIn(used, 'ann@example.com')
    const [head = '', body = '', signature = ''] = jwt.split('.')
    const header = decode(head)
    const claims = decode(body)
    expect(claims).toEqual({
      iss: used.publicUrl,
      aud: used.publicUrl,
      sub: userId,
      sid: (await used.identity.verify(token))?.sessionId,
      iat: expect.any(Number),
      exp: claims.iat + 15 * 60,
    })
    const { keys } = await (await get(used, 'jwks')).json()
    const key = keys.find(({ kid }: { kid: string }) => kid === header.kid)
    const publicKey = createPublicKey({ key, format: 'jwk' })
    expect(verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(
      true,
    )
    expect(JSON.stringify(keys)).not.toContain('"d":')
  })

  test('[AUTH13] no forged token says anybody, in whatever way it is forged', async () => {
    await using used = await open()
    const { jwt, token, signedToken } = await signIn(used, 'ann@example.com')
    const [head = '', body = '', signature = ''] = jwt.split('.')
    const header = decode(head)
    const claims = decode(body)
    const stranger = generateKeyPairSync('ed25519')
    const byStrangersKey = (over: object) => {
      const text = `${encode({ ...header, ...over })}.${body}`
      return `${text}.${sign(null, Buffer.from(text), stranger.privateKey).toString('base64url')}`
    }
    const { keys } = await (await get(used, 'jwks')).json()
    const withPublicKeyAsSecret = () => {
      const text = `${encode({ ...header, alg: 'HS256' })}.${body}`
      const mac = createHmac('sha256', Buffer.from(keys[0].x, 'base64url')).update(text)
      return `${text}.${mac.digest('base64url')}`
    }
    const forged = {
      'alg none': `${encode({ ...header, alg: 'none' })}.${body}.`,
      'alg none, signature kept': `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
      'another key': byStrangersKey({}),
      'another key, by another name': byStrangersKey({ kid: 'other' }),
      'a key of its own in the header': byStrangersKey({
        jwk: stranger.publicKey.export({ format: 'jwk' }),
      }),
      'the public key as a secret': withPublicKeyAsSecret(),
      'another subject': `${head}.${encode({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
      'a longer life': `${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
      'no signature': `${head}.${body}.`,
      'a signed token, altered': `${token}.${Buffer.alloc(32).toString('base64')}`,
      'a signed token, cut': signedToken.slice(0, -4),
      'another token, with its signature': `${token}x.${signedToken.split('.')[1]}`,
      'bad percent signs': `${token}.%E0%A4%A`,
      'the session id': String(claims.sid),
      nothing: '',
      dots: '..',
      'more dots': 'a.b.c.d',
      'not base64': '!.?.#',
      null: '\0',
      quotes: "' OR 1=1 --",
      'very long': 'x'.repeat(1_000_000),
      'very long JWT': `${'x'.repeat(500_000)}.${body}.${signature}`,
    }
    for (const [way, said] of Object.entries(forged)) {
      expect([way, await used.identity.verify(said)]).toEqual([way, undefined])
    }
    expect(await used.identity.verify(jwt)).toBeDefined()
  })

  test('[AUTH13] a header that is no bearer token, and a bare token as a cookie, say nobody', async () => {
    await using used = await open()
    const { token, cookie } = await signIn(used, 'ann@example.com')
    const said = (headers: Record<string, string>) => used.identity.authenticate(new Headers(headers))
    const name = cookie.split('=')[0]
    expect(await said({ Cookie: cookie })).toBeDefined()
    expect(await said({})).toBeUndefined()
    expect(await said({ Cookie: `${name}=${token}` })).toBeUndefined()
    expect(await said({ Cookie: `x${cookie}` })).toBeUndefined()
    expect(await said({ Authorization: `Basic ${token}` })).toBeUndefined()
    expect(await said({ Authorization: 'Bearer' })).toBeUndefined()
    expect(await said({ Authorization: 'Bearer forged', Cookie: cookie })).toBeUndefined()
  })

  test('[AUTH13] a JWT for another installation, or past its 15 minutes, says nobody', async () => {
    await using used = await open()
    await using foreign = await open({ publicUrl: 'http://other.localhost:1' })
    const ann = await signIn(used, 'ann@example.com')
    const stranger = await signIn(foreign, 'ann@example.com')
    expect(await used.identity.verify(stranger.jwt)).toBeUndefined()
    used.advance(14 * minuteMs)
    expect(await used.identity.verify(ann.jwt)).toBeDefined()
    used.advance(2 * minuteMs)
    expect(await used.identity.verify(ann.jwt)).toBeUndefined()
    expect(await used.identity.verify(ann.token)).toBeDefined()
  })
}
