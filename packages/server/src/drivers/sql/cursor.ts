import { Refusal } from '@confab/protocol/refusal'
import type { z } from 'zod'

/** Where a page of a list ended, as an opaque word: the sort keys of its last item. */
export const encodeCursor = (keys: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url')

/** A cursor for who begins: undefined. One that isn't ours is a Refusal `invalid`. */
export function parseCursor<Keys>(keys: z.ZodType<Keys>, cursor: string | undefined): Keys | undefined {
  if (cursor === undefined) return undefined
  const parsed = keys.safeParse(decode(cursor))
  if (parsed.success) return parsed.data
  const errors = [{ path: 'cursor', message: 'must be the `next` of an earlier page' }]
  throw new Refusal('invalid', { detail: 'this cursor is none of this list', errors })
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Cuts the one row too many that was asked for, and says where the next page begins. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  {
    limit,
    keys,
    item,
  }: { limit: number; keys: (row: Row) => (string | number | null)[]; item: (row: Row) => Item },
): { items: Item[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(item), next: rows.length > limit && last ? encodeCursor(keys(last)) : null }
}
