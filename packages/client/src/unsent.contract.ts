import { describe, expect, test } from 'bun:test'
import type { DraftStore } from './draft-store.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'

/** What every store of unsent messages and drafts keeps. */
export function unsentContract(name: string, open: () => { outbox: OutboxStore; drafts: DraftStore }): void {
  const entry = (clientId: string, more: Partial<OutboxEntry> = {}): OutboxEntry => {
    return { conversationId: 'c', clientId, text: clientId, createdAt: 1, number: 1, ...more }
  }

  describe(name, () => {
    test('[SDK176] an unsent message is kept for its user until it is removed', async () => {
      const { outbox } = open()
      expect(await outbox.load('ann')).toEqual([])
      const whole = entry('a', { replyToSeq: 3, priority: 'high', forward: { conversationId: 'd', seq: 2 } })
      await outbox.put('ann', whole)
      await outbox.put('ann', entry('b'))
      await outbox.put('ann', entry('b', { number: 7 }))
      await outbox.put('bob', entry('a'))
      const kept = await outbox.load('ann')
      expect(kept.sort((x, y) => (x.clientId < y.clientId ? -1 : 1))).toEqual([
        whole,
        entry('b', { number: 7 }),
      ])
      await outbox.remove('ann', 'a')
      await outbox.remove('ann', 'never')
      expect(await outbox.load('ann')).toEqual([entry('b', { number: 7 })])
      expect(await outbox.load('bob')).toEqual([entry('a')])
      await outbox.put('ann', entry('c'))
      await outbox.clear('ann')
      expect([await outbox.load('ann'), await outbox.load('bob')]).toEqual([[], [entry('a')]])
    })

    test('[SDK185] a draft is kept for its user and conversation until it is removed', async () => {
      const { drafts } = open()
      const draft = (conversationId: string, text: string) => ({ conversationId, text })
      await drafts.put('ann', draft('c', 'first'))
      await drafts.put('ann', draft('c', 'second'))
      await drafts.put('ann', draft('d', 'other'))
      await drafts.put('bob', draft('c', 'of Bob'))
      await drafts.remove('ann', 'd')
      expect(await drafts.load('ann')).toEqual([draft('c', 'second')])
      await drafts.clear('ann')
      expect([await drafts.load('ann'), await drafts.load('bob')]).toEqual([[], [draft('c', 'of Bob')]])
    })
  })
}
