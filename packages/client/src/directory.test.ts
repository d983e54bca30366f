import { expect, test } from 'bun:test'
import { Directory } from './directory.ts'
import { Rest } from './rest.ts'

test('[SDK86] a conversation whose making went unanswered is asked for under the same identity again', async () => {
  const clientIds: string[] = []
  let answer: () => Promise<Response> = () => Promise.reject(new TypeError('no network'))
  let ids = 0
  const directory = new Directory({
    rest: new Rest({
      origin: 'http://fake.test',
      token: undefined,
      fetch: (_url, { body }) => {
        clientIds.push(JSON.parse(String(body)).clientId)
        return answer()
      },
    }),
    newId: () => `id-${++ids}`,
    rev: () => 0,
    takeUser: () => undefined,
    takeMe: () => undefined,
    takeConversation: () => undefined,
  })
  const make = (name: string) =>
    directory.create({ kind: 'group', name, memberIds: [] }).catch((error: Error) => error.name)
  expect([await make('Tea'), await make('Cake'), await make('Tea')]).toEqual(Array(3).fill('ConnectionLost'))
  expect(clientIds).toEqual(['id-1', 'id-2', 'id-1'])
  // A refusal is an answer: what is wanted after it is another conversation.
  answer = () => Promise.resolve(Response.json({ code: 'forbidden' }, { status: 403 }))
  expect([await make('Tea'), await make('Tea')]).toEqual(['Refusal', 'Refusal'])
  expect(clientIds.slice(3)).toEqual(['id-1', 'id-3'])
})
