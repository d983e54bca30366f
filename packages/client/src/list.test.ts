import { expect, test } from 'bun:test'
import { firstPage } from './list.ts'
import { Rest } from './rest.ts'

test('[SDK85] a long list comes part by part, and says when it ends', async () => {
  const asked: string[] = []
  const fetch = (url: string) => {
    const { pathname, searchParams } = new URL(url)
    asked.push(`${pathname} ${searchParams.get('limit')} ${searchParams.get('cursor')}`)
    return Promise.resolve(
      Response.json(searchParams.has('cursor') ? { items: [3], next: null } : { items: [1, 2], next: 'a&b' }),
    )
  }
  const rest = new Rest({ origin: 'http://fake.test', token: undefined, fetch })
  const first = await firstPage(rest, '/list', { parse: Number })
  expect(first.items).toEqual([1, 2])
  expect(await first.more?.()).toEqual({ items: [3], more: undefined })
  expect(asked).toEqual(['/list 100 null', '/list 100 a&b'])
})
