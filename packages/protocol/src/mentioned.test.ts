import { expect, test } from 'bun:test'
import { findMentioned } from './mentioned.ts'

test('[MENTION1] handles are found in any case, each once, and `@all` apart from them', () => {
  expect(findMentioned('@ana, (@Ben_2) and @ana! @all')).toEqual({ handles: ['ana', 'ben_2'], all: true })
})

test('[MENTION2] an address, a path, a doubled @ and a longer word mention nobody', () => {
  for (const text of ['ana@example.com', 'x/@ana', '@@ana', '@a', 'ünder@ana', '@anaé', 'no one']) {
    expect([text, findMentioned(text)]).toEqual([text, { handles: [], all: false }])
  }
})

test('[MENTION3] a text of nothing but mentions addresses at most 50', () => {
  const text = Array.from({ length: 80 }, (_, index) => `@user_${index}`).join(' ')
  expect(findMentioned(text).handles).toHaveLength(50)
})
