import { describe, expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import type { InvitationRecord, Invitations } from './invitations.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const den = conversationId.parse('01900000-0000-7000-8000-0000000000d0')
const attic = conversationId.parse('01900000-0000-7000-8000-0000000000d1')
const idOf = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
const hashOf = (number: number) => new Uint8Array(32).fill(number)

export function invitationsContract(
  open: () => Promise<AsyncDisposable & { invitations: Invitations }>,
): void {
  const invite = async (
    { invitations }: { invitations: Invitations },
    number: number,
    over: Partial<InvitationRecord> = {},
  ): Promise<InvitationRecord> => {
    const made = {
      id: idOf(number),
      to: den,
      createdBy: ana,
      createdAt: number,
      expiresAt: null,
      usesMax: null,
      ...over,
    }
    await invitations.add({ ...made, tokenHash: hashOf(number) })
    return { ...made, uses: 0 }
  }

  describe('invitations', () => {
    test('[INVITE1] one is found by its token and by nothing else', async () => {
      await using opened = await open()
      const one = await invite(opened, 1)
      expect(await opened.invitations.find({ tokenHash: hashOf(1), now: 5 })).toEqual(one)
      expect(await opened.invitations.find({ tokenHash: hashOf(2), now: 5 })).toBeUndefined()
    })

    test('[INVITE2] one is good until it expires', async () => {
      await using opened = await open()
      const one = await invite(opened, 1, { expiresAt: 10 })
      const { invitations } = opened
      expect(await invitations.take({ tokenHash: hashOf(1), now: 9 })).toEqual({ ...one, uses: 1 })
      expect(await invitations.find({ tokenHash: hashOf(1), now: 10 })).toBeUndefined()
      expect(await invitations.take({ tokenHash: hashOf(1), now: 10 })).toBeUndefined()
    })

    test('[INVITE3] one is taken as often as it may be, and a use that came to nothing can be given back', async () => {
      await using opened = await open()
      const one = await invite(opened, 1, { usesMax: 2 })
      const { invitations } = opened
      const take = () => invitations.take({ tokenHash: hashOf(1), now: 5 })
      const taken = await Promise.all([take(), take(), take()])
      expect(taken.filter(Boolean)).toHaveLength(2)
      expect(await invitations.find({ tokenHash: hashOf(1), now: 5 })).toBeUndefined()
      const usedUp = { tokenHash: hashOf(1), now: 5, usedUp: true }
      expect(await invitations.find(usedUp)).toEqual({ ...one, uses: 2 })
      await invitations.giveBack(one.id)
      expect(await take()).toEqual({ ...one, uses: 2 })
      expect(await take()).toBeUndefined()
    })

    test('[INVITE4] a revoked one is good for nothing; it is revoked at its own place alone', async () => {
      await using opened = await open()
      const one = await invite(opened, 1)
      const { invitations } = opened
      expect(await invitations.revoke({ id: one.id, to: attic, now: 5 })).toBe(false)
      expect(await invitations.revoke({ id: one.id, to: null, now: 5 })).toBe(false)
      expect(await invitations.find({ tokenHash: hashOf(1), now: 5 })).toEqual(one)
      expect(await invitations.revoke({ id: one.id, to: den, now: 5 })).toBe(true)
      expect(await invitations.revoke({ id: one.id, to: den, now: 5 })).toBe(false)
      expect(await invitations.take({ tokenHash: hashOf(1), now: 5 })).toBeUndefined()
    })

    test('[INVITE5] a place lists those that are open still, the newest first, in pages', async () => {
      await using opened = await open()
      const [one, two, three] = [await invite(opened, 1), await invite(opened, 2), await invite(opened, 3)]
      const here = await invite(opened, 4, { to: null })
      await invite(opened, 5, { to: attic })
      await invite(opened, 6, { expiresAt: 7 })
      const { invitations } = opened
      const first = await invitations.list({ to: den, now: 8, limit: 2 })
      expect(first.items).toEqual([three, two])
      const rest = await invitations.list({ to: den, now: 8, limit: 2, cursor: first.next ?? undefined })
      expect(rest).toEqual({ items: [one], next: null })
      expect((await invitations.list({ to: null, now: 8, limit: 2 })).items).toEqual([here])
    })
  })
}
