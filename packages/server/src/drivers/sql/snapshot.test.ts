import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { prepareSnapshot } from './snapshot.ts'

test('[SQLITE21] a failed read is told as it failed, though it ended the transaction, and hinders none after it', () => {
  using database = new Database(':memory:')
  const inSnapshot = prepareSnapshot(database)
  for (const endsByItself of [false, true]) {
    const failing = () => {
      if (endsByItself) database.run('ROLLBACK')
      throw new Error('disk I/O error')
    }
    expect(() => inSnapshot(failing)).toThrow('disk I/O error')
    expect(inSnapshot(() => database.query('SELECT 1 AS one').get())).toEqual({ one: 1 })
  }
  expect(database.inTransaction).toBe(false)
})
