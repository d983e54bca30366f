import { expect, test } from 'bun:test'
import { localStorageOutbox } from './local-storage-outbox.ts'

/** A Storage as the DOM has it, and full where told so. */
function storage(): Storage & { full: boolean } {
  const items = new Map<string, string>()
  return {
    full: false,
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      if (this.full) throw new Error('QuotaExceededError')
      items.set(key, value)
    },
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  }
}

const entry = { conversationId: 'c', clientId: 'one', text: 'kept', createdAt: 1, number: 1 }

test('[SDK49] what lies in localStorage is taken for what it may be: anything', async () => {
  const held = storage()
  const logged: string[] = []
  const outbox = localStorageOutbox(held, (_level, what) => logged.push(what))
  outbox.put('ann', entry)
  outbox.put('bob', { ...entry, clientId: 'of bob' })
  held.setItem('confab.outbox.ann.two', 'not JSON')
  held.setItem('confab.outbox.ann.three', '{"text":5}')
  held.setItem('of somebody else', '{}')
  expect(await outbox.load('ann')).toEqual([entry])
  held.full = true
  outbox.put('ann', { ...entry, clientId: 'four' })
  expect(logged).toEqual(['a message could not be kept for a reload'])
  outbox.remove('ann', 'one')
  expect(await outbox.load('ann')).toEqual([])
})
