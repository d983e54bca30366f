import { listItems } from '@confab/protocol/limits'
import type { Parser, Rest } from './rest.ts'

/** Part of a list that the server keeps. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Fetches the next part; undefined where this was the last. */
  readonly more: (() => Promise<Page<T>>) | undefined
}

/** A list as REST answers it. */
export const listOf = <T>(item: Parser<T>) => ({
  parse: (value: unknown): T[] => itemsOf(value).map((one) => item.parse(one)),
})

/** A list by its path, perhaps with a query, part by part. */
export async function firstPage<T>(rest: Pick<Rest, 'get'>, path: string, item: Parser<T>): Promise<Page<T>> {
  const part = async (cursor: string | undefined): Promise<Page<T>> => {
    const query = new URLSearchParams({
      limit: String(listItems.max),
      ...(cursor !== undefined && { cursor }),
    })
    const { items, next } = await rest.get(`${path}${path.includes('?') ? '&' : '?'}${query}`, partOf(item))
    return { items, more: next === null ? undefined : () => part(next) }
  }
  return await part(undefined)
}

const partOf = <T>(item: Parser<T>) => ({
  parse(value: unknown): { items: T[]; next: string | null } {
    const items = itemsOf(value).map((one) => item.parse(one))
    const next: unknown = Reflect.get(Object(value), 'next')
    return { items, next: typeof next === 'string' ? next : null }
  },
})

function itemsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items))
    throw new Error('a list was expected')
  return value.items
}
