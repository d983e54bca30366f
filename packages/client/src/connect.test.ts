import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

test('[SDK1] one sync tells everything, and then what happens arrives', async () => {
  const { world, server, bob, group, chat, handle } = await twoInAGroup()
  expect(chat.status.get()).toEqual({ status: 'online' })
  expect(chat.ready.get()).toBe(true)
  expect(chat.me.get()?.name).toBe('Ann')
  expect(chat.conversations.get().map(({ conversation }) => conversation.name)).toEqual(['Friends'])

  server.send(group.id, bob.id, 'hello', 'bob-1')
  await world.pass()
  handle.open()
  await world.pass()
  expect(texts(handle.timeline.get().items)).toEqual(['hello'])
  expect(chat.conversations.get()[0]?.unread).toBe(1)
  const { sent } = handle.send('hi')
  expect(handle.timeline.get().items.at(-1)).toMatchObject({ status: 'sending', text: 'hi' })
  await world.pass()
  expect((await sent).text).toBe('hi')
  expect(texts(handle.timeline.get().items)).toEqual(['hello', 'hi'])
})

const texts = (
  items: readonly ({ status: 'sent'; message: { text: string } } | { status: string; text: string })[],
) => items.map((item) => ('message' in item ? item.message.text : `${item.status} ${item.text}`))
