import { expect, test } from 'bun:test'
import { enter, minuteMs, type Open, otherThan, post, sendCode, signIn } from './under-test.contract.ts'

/** Signing in by a code that comes in a mail. */
export function codesContract(open: Open): void {
  test('[AUTH1] a code creates the account on first use, and opens the same one from then on', async () => {
    await using used = await open()
    const first = await signIn(used, 'ann@example.com')
    const second = await signIn(used, 'ann@example.com')
    const other = await signIn(used, 'bob@example.com')
    expect(second.userId).toBe(first.userId)
    expect(other.userId).not.toBe(first.userId)
    expect(first.userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
    expect(await used.identity.emailOf(first.userId)).toBe('ann@example.com')
    expect(await used.identity.userOf('Ann@example.com')).toBe(first.userId)
    expect(await used.identity.userOf('eve@example.com')).toBeUndefined()
  })

  test('[AUTH2] a code has six digits and works once', async () => {
    await using used = await open()
    const code = await sendCode(used, 'ann@example.com')
    expect(code).toMatch(/^\d{6}$/)
    expect((await enter(used, 'ann@example.com', code)).status).toBe(200)
    expect((await enter(used, 'ann@example.com', code)).status).toBe(400)
  })

  test('[AUTH2] a newer code replaces an older one', async () => {
    await using used = await open()
    const older = await sendCode(used, 'ann@example.com')
    const newer = await sendCode(used, 'ann@example.com')
    if (older !== newer) expect((await enter(used, 'ann@example.com', older)).status).toBe(400)
    expect((await enter(used, 'ann@example.com', newer)).status).toBe(200)
  })

  test('[AUTH2] a code is worth nothing for another address', async () => {
    await using used = await open()
    const code = await sendCode(used, 'ann@example.com')
    await sendCode(used, 'bob@example.com')
    expect((await enter(used, 'bob@example.com', otherThan(code))).status).toBe(400)
    expect((await enter(used, 'carl@example.com', code)).status).toBe(400)
    expect((await enter(used, 'ann@example.com', code)).status).toBe(200)
  })

  test('[AUTH3] four wrong tries leave the code good, five end it', async () => {
    await using used = await open()
    const tryWrongly = async (times: number) => {
      const code = await sendCode(used, 'ann@example.com')
      for (let tried = 0; tried < times; tried++) {
        expect((await enter(used, 'ann@example.com', otherThan(code))).status).toBe(400)
      }
      return enter(used, 'ann@example.com', code)
    }
    expect((await tryWrongly(4)).status).toBe(200)
    expect((await tryWrongly(5)).status).toBe(403)
    expect((await tryWrongly(0)).status).toBe(200)
  })

  test('[AUTH4] a code is good for five minutes', async () => {
    await using used = await open()
    const early = await sendCode(used, 'ann@example.com')
    used.advance(5 * minuteMs - 1_000)
    expect((await enter(used, 'ann@example.com', early)).status).toBe(200)
    const late = await sendCode(used, 'ann@example.com')
    used.advance(5 * minuteMs + 1_000)
    expect((await enter(used, 'ann@example.com', late)).status).toBe(400)
  })

  test('[AUTH5] capitals make no other account', async () => {
    await using used = await open()
    const small = await signIn(used, 'ann@example.com')
    const code = await sendCode(used, 'ANN@Example.COM')
    const answer = await enter(used, 'Ann@EXAMPLE.com', code)
    expect((await answer.json()).user).toMatchObject({ id: small.userId, email: 'ann@example.com' })
    expect(used.mails.map(({ to }) => to)).toEqual(['ann@example.com', 'ann@example.com'])
  })

  test('[AUTH6] a code is sent, and a wrong one refused, alike for a known and an unknown address', async () => {
    await using used = await open()
    await signIn(used, 'ann@example.com')
    const answers = async (email: string) => {
      const sent = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
      const refused = await enter(used, email, 'x')
      return [sent.status, await sent.json(), refused.status, await refused.json()]
    }
    expect(await answers('ann@example.com')).toEqual(await answers('stranger@example.com'))
  })

  test('[AUTH6] what is no address is refused, whatever it is', async () => {
    await using used = await open()
    for (const email of ['', 'ann', 'ann@', `${'a'.repeat(300)}@example.com`, 7, null, ['a@example.com']]) {
      const answer = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
      expect(answer.status).toBe(400)
    }
    expect(used.mails).toEqual([])
  })

  test('[AUTH7] a new person begins with a name and a handle', async () => {
    await using used = await open()
    await signIn(used, 'ann.lee+chat@example.com')
    await signIn(used, 'x@example.com')
    await signIn(used, 'bob@example.com', { name: ' Bob the Builder ' })
    await signIn(used, 'eve@example.com', { name: 'x'.repeat(101) })
    expect(used.created.map(({ name, handle }) => [name, handle])).toEqual([
      ['Ann Lee', 'ann.lee'],
      ['X', 'x'],
      ['Bob the Builder', 'bob'],
      ['Eve', 'eve'],
    ])
  })

  test('[AUTH8] who can not be made known is not signed in; the next sign-in mends it', async () => {
    await using used = await open()
    used.refuse = true
    const code = await sendCode(used, 'ann@example.com')
    await expect(enter(used, 'ann@example.com', code)).rejects.toThrow()
    expect(used.created).toEqual([])
    used.refuse = false
    const { userId } = await signIn(used, 'ann@example.com')
    expect(used.created.map(({ id }) => id)).toEqual([userId])
  })

  test('[AUTH21] where the mail can not be sent the answer says so', async () => {
    await using used = await open()
    const ask = () =>
      post(used, 'email-otp/send-verification-otp', { email: 'ann@example.com', type: 'sign-in' })
    used.mute = true
    expect(await ask().catch((refusal) => refusal)).toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number),
    })
    used.mute = false
    expect((await ask()).status).toBe(200)
  })
}
