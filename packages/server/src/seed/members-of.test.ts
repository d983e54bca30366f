import { expect, test } from 'bun:test'
import { membersOf } from './members-of.ts'

test('[SEED1] each user is in equally many conversations', () => {
  const users = 1_500
  const counts = new Map<number, number>()
  for (let index = 0; index < (users * 20) / 10; index++) {
    for (const user of membersOf(index, { users, members: 10 })) counts.set(user, (counts.get(user) ?? 0) + 1)
  }
  expect(counts.size).toBe(users)
  expect([...new Set(counts.values())]).toEqual([20])
})

test('[SEED2] no pair is dealt twice, since two people have one direct conversation', () => {
  const users = 600
  const pairs = new Set<string>()
  for (let index = 0; index < (users * 20) / 2; index++) {
    const pair = membersOf(index, { users, members: 2 })
    expect(pair).toHaveLength(2)
    pairs.add(pair.sort((a, b) => a - b).join(':'))
  }
  expect(pairs.size).toBe((users * 20) / 2)
})

test('[SEED3] a conversation of everybody has everybody once', () => {
  expect(membersOf(0, { users: 1_000, members: 1_000 })).toHaveLength(1_000)
  expect(new Set(membersOf(0, { users: 1_000, members: 1_000 })).size).toBe(1_000)
})
