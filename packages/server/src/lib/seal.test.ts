import { expect, test } from 'bun:test'
import { seal, unseal } from './seal.ts'

const key = new Uint8Array(32).fill(7)

test('[SEAL1] what was sealed opens with the same key and context, and is sealed otherwise each time', () => {
  const sealed = seal(key, 'a secret ✓', 'jobs')
  expect(unseal(key, sealed, 'jobs')).toBe('a secret ✓')
  expect(Buffer.from(sealed).includes('secret')).toBe(false)
  expect(Buffer.from(seal(key, 'a secret ✓', 'jobs')).equals(sealed)).toBe(false)
})

test('[SEAL2] another key, another context, a changed bit or a cut end open nothing', () => {
  const sealed = seal(key, 'a secret', 'jobs')
  expect(() => unseal(new Uint8Array(32).fill(8), sealed, 'jobs')).toThrow()
  expect(() => unseal(key, sealed, 'mails')).toThrow()
  for (let byte = 0; byte < sealed.length; byte++) {
    const changed = Uint8Array.from(sealed, (value, at) => (at === byte ? value ^ 1 : value))
    expect(() => unseal(key, changed, 'jobs')).toThrow()
  }
  expect(() => unseal(key, sealed.subarray(0, 20), 'jobs')).toThrow()
  expect(unseal(key, sealed, 'jobs')).toBe('a secret')
})
