import { expect, test } from 'bun:test'
import { memoryOutbox } from './memory-outbox.ts'
import type { OutboxEntry } from './outbox-store.ts'
import { afterEarlier, beforeCopy } from './unsent-first.ts'

const entry: OutboxEntry = { conversationId: 'c', clientId: 'a', text: 'unsent', createdAt: 1, number: 1 }

test('[SDK177] where the disk is full, the copy makes room for what is not sent', async () => {
  const outbox = memoryOutbox()
  let isFull = true
  const full = {
    ...outbox,
    put: (userId: string, wanted: OutboxEntry) =>
      isFull ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : outbox.put(userId, wanted),
  }
  const clear = () => {
    isFull = false
    return Promise.resolve()
  }
  await beforeCopy(full, { clear }).put('ann', entry)
  expect(await outbox.load('ann')).toEqual([entry])

  const broken = { ...outbox, put: () => Promise.reject(new Error('broken')) }
  const never = () => Promise.reject(new Error('cleared for nothing'))
  await expect(beforeCopy(broken, { clear: never }).put('ann', entry)).rejects.toThrow('broken')
})

test('[SDK178] what an earlier version left in localStorage is taken over, for its user, whatever lies there', async () => {
  const left = new Map([
    ['confab.outbox.ann.a', JSON.stringify(entry)],
    ['confab.outbox.ann.b', 'anything'],
    ['confab.outbox.bob.a', JSON.stringify(entry)],
    ['confab.theme', 'dark'],
  ])
  const storage: Storage = {
    get length() {
      return left.size
    },
    key: (index) => [...left.keys()][index] ?? null,
    getItem: (key) => left.get(key) ?? null,
    setItem: (key, value) => void left.set(key, value),
    removeItem: (key) => void left.delete(key),
    clear: () => left.clear(),
  }
  const outbox = memoryOutbox()
  expect(await afterEarlier(outbox, storage).load('ann')).toEqual([entry])
  expect([...left.keys()]).toEqual(['confab.outbox.bob.a', 'confab.theme'])
  expect(await outbox.load('ann')).toEqual([entry])
  await afterEarlier(outbox, storage).clear('bob')
  expect([...left.keys()]).toEqual(['confab.theme'])
})
