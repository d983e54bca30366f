import { describe, expect, test } from 'bun:test'
import { conversationId, type UserId, userId } from '@confab/protocol/ids'
import type { MadeReport, Reports } from './reports.ts'

const ann = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')
const root = userId.parse('01900000-0000-7000-8000-00000000000c')
const den = conversationId.parse('01900000-0000-7000-8000-0000000000d0')
const idOf = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`

const made = (number: number, over: Partial<MadeReport> = {}): MadeReport => ({
  id: idOf(number),
  conversationId: den,
  seq: 7,
  reporterId: ann,
  reason: 'spam',
  note: 'a note',
  createdAt: number,
  ...over,
})
const settlement = { outcome: 'dismissed', note: 'nothing wrong', at: 50, by: root } as const

/** Reports of their own, and a way to have a user there who is suspended. */
export interface OpenedReports extends AsyncDisposable {
  reports: Reports
  addSuspended(id: UserId): Promise<void>
}

export function reportsContract(open: () => Promise<OpenedReports>): void {
  describe('reports', () => {
    test('[REPORT1] a person has one open report of a message: a second one is answered with the first', async () => {
      await using opened = await open()
      const { reports } = opened
      const first = { ...made(1), settlement: null }
      expect(await reports.add(made(1))).toEqual({ report: first, fresh: true })
      expect(await reports.add(made(2, { reason: 'other' }))).toEqual({ report: first, fresh: false })
      for (const other of [made(3, { reporterId: bob }), made(4, { seq: 8 })])
        expect((await reports.add(other)).fresh).toBe(true)
      expect(await reports.find(idOf(1))).toEqual(first)
      expect(await reports.find(idOf(2))).toBeUndefined()
    })

    test('[REPORT4] a settlement is about the message: all its open reports are settled, once', async () => {
      await using opened = await open()
      const { reports } = opened
      const all = [made(1), made(2, { reporterId: bob }), made(3, { seq: 8 })]
      for (const one of all) await reports.add(one)
      expect(await reports.settle(made(1), settlement)).toBe(true)
      expect(await reports.settle(made(1), { ...settlement, outcome: 'removed' })).toBe(false)
      const { items } = await reports.list({ limit: 10 })
      expect(items.map((one) => one.settlement)).toEqual([null, settlement, settlement])
      // Reported again it is a new matter.
      expect((await reports.add(made(4))).fresh).toBe(true)
    })

    test('[REPORT3] they are listed the latest first, in pages, open ones and settled ones apart', async () => {
      await using opened = await open()
      const { reports } = opened
      for (const number of [1, 2, 3, 4]) await reports.add(made(number, { seq: number }))
      await reports.settle({ conversationId: den, seq: 2 }, settlement)
      const numbersOf = async (page: Parameters<Reports['list']>[0]) => {
        const { items, next } = await reports.list(page)
        return { seqs: items.map(({ seq }) => seq), next }
      }
      const first = await numbersOf({ settled: false, limit: 2 })
      expect(first.seqs).toEqual([4, 3])
      const cursor = first.next ?? ''
      expect(await numbersOf({ settled: false, limit: 2, cursor })).toEqual({ seqs: [1], next: null })
      expect((await numbersOf({ settled: true, limit: 2 })).seqs).toEqual([2])
      expect((await numbersOf({ limit: 9 })).seqs).toEqual([4, 3, 2, 1])
      await expect(reports.list({ limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' })
    })

    test('[REPORT6] what an erased person wrote into reports is forgotten, and the rest stays', async () => {
      await using opened = await open()
      const { reports } = opened
      await reports.add(made(1))
      await reports.add(made(2, { reporterId: bob }))
      await reports.settle(made(1), settlement)
      await reports.forgetNotes(ann)
      await reports.forgetNotes(root)
      const { items } = await reports.list({ limit: 9 })
      expect(items.map(({ note, settlement: settled }) => [note, settled])).toEqual([
        ['a note', { ...settlement, note: null }],
        [null, { ...settlement, note: null }],
      ])
    })

    test('[SUSP3] who is suspended neither reports nor settles', async () => {
      await using opened = await open()
      const { reports } = opened
      await reports.add(made(1))
      await opened.addSuspended(bob)
      const refused = { code: 'forbidden', detail: 'This account is suspended' }
      await expect(reports.add(made(2, { reporterId: bob }))).rejects.toMatchObject(refused)
      await expect(reports.settle(made(1), { ...settlement, by: bob })).rejects.toMatchObject(refused)
      expect((await reports.list({ limit: 9 })).items).toEqual([{ ...made(1), settlement: null }])
      expect(await reports.settle(made(1), settlement)).toBe(true)
    })
  })
}
