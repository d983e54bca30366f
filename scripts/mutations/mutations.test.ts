import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { mutations } from './mutations.ts'

const root = join(import.meta.dir, '../..')

test('[SIM9] each mutation stands in its file exactly once, and changes it', async () => {
  expect(mutations.length).toBeGreaterThanOrEqual(15)
  for (const { file, find, replace } of mutations) {
    const text = await Bun.file(join(root, file)).text()
    expect({ file, find, places: text.split(find).length - 1 }).toEqual({ file, find, places: 1 })
    expect(replace).not.toBe(find)
  }
})
