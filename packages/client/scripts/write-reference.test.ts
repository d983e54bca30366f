import { expect, test } from 'bun:test'
import { presentPage, writtenPage } from './write-reference.ts'

test('[SDK90] the reference in docs/sdk.md is what the types and their comments say', async () => {
  // Where this fails: bun packages/client/scripts/write-reference.ts
  expect(await presentPage()).toBe(await writtenPage())
})
