import { expect, test } from 'bun:test'
import type { Member } from '@confab/protocol/conversation'
import { userId } from '@confab/protocol/ids'
import { receiptsOf } from './receipts.ts'

const at = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`
const idOf = (number: number) => userId.parse(`00000000-0000-7000-8000-00000000000${number}`)

function member(number: number, cursors: Partial<Member>): Member {
  const user = { id: idOf(number), name: `N${number}`, handle: `n${number}`, avatarUrl: null, bio: '' }
  const times = { createdAt: at(0), updatedAt: at(0) }
  const none = { readSeq: 0, readAt: null, deliveredSeq: 0, deliveredAt: null }
  return { user: { ...user, ...times }, role: 'member', joinedSeq: 1, ...none, ...cursors }
}

const message = { seq: 5, senderId: idOf(1) }

test('[WEB45] each of the others stands where they are furthest, the first to read first', () => {
  const receipts = receiptsOf(message, [
    member(1, { readSeq: 9 }),
    member(2, { readSeq: 6, readAt: at(7), deliveredSeq: 6, deliveredAt: at(6) }),
    member(3, { readSeq: 5, readAt: at(4) }),
    member(4, { readSeq: 4, readAt: at(3), deliveredSeq: 5, deliveredAt: at(5) }),
    member(5, {}),
  ])
  const named = (list: readonly { user: { name: string }; at: string | null }[] = []) =>
    list.map(({ user, at: when }) => [user.name, when])
  expect(named(receipts?.read)).toEqual([
    ['N3', at(4)],
    ['N2', at(7)],
  ])
  expect(named(receipts?.delivered)).toEqual([['N4', at(5)]])
  expect(named(receipts?.waiting)).toEqual([['N5', null]])
})

test('[WEB45] where cursors are not told, nothing is claimed', () => {
  expect(receiptsOf(message, [member(2, { readSeq: null, deliveredSeq: null })])).toBeUndefined()
})
