import { expect, test } from 'bun:test'
import { settled } from '../test/fake-clock.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'
import { cell, computed, Notifier } from './value.ts'

test('[SDK70] listeners are told once a microtask, and only of a change', async () => {
  const notifier = new Notifier(() => undefined)
  const value = cell(notifier, 1)
  let told = 0
  const unsubscribe = value.subscribe(() => told++)
  value.set(2)
  value.set(3)
  expect(value.get()).toBe(3)
  expect(told).toBe(0)
  await settled()
  expect(told).toBe(1)
  value.set(4)
  value.set(3)
  await settled()
  expect(told).toBe(1)
  unsubscribe()
  value.set(5)
  await settled()
  expect(told).toBe(1)
})

test('[SDK70] who began to listen in the middle of a change that is taken back hears of that', async () => {
  const value = cell(new Notifier(() => undefined), 'a')
  value.subscribe(() => undefined)
  value.set('b')
  const seen = [value.get()]
  value.subscribe(() => seen.push(value.get()))
  value.set('a')
  await settled()
  expect(seen).toEqual(['b', 'a'])
})

test('[SDK71] a listener that throws does not keep it from the others', async () => {
  const logged: unknown[] = []
  const value = cell(new Notifier((_level, _what, about) => logged.push(about)), 1)
  const error = new Error('of a listener')
  let told = 0
  value.subscribe(() => {
    throw error
  })
  value.subscribe(() => told++)
  value.set(2)
  await settled()
  expect({ told, logged }).toEqual({ told: 1, logged: [error] })
})

test('[SDK72] a computed value is worked out when it is looked at, and not told where it comes to the same', async () => {
  const notifier = new Notifier(() => undefined)
  let source = 1
  let worked = 0
  const even = computed(notifier, () => {
    worked++
    return source % 2 === 0
  })
  even.invalidate()
  even.invalidate()
  expect(worked).toBe(0)
  let told = 0
  even.subscribe(() => told++)
  source = 3
  even.invalidate()
  await settled()
  expect(told).toBe(0)
  source = 4
  even.invalidate()
  await settled()
  expect(told).toBe(1)
})

test('[SDK73] what did not change stays the same object, down to the items', async () => {
  const { world, server, bob, group, chat, handle } = await twoInAGroup()
  const other = server.create(bob.id, [chat.me.get()?.id ?? bob.id], 'Other')
  server.send(group.id, bob.id, 'one', '1')
  server.send(group.id, bob.id, 'two', '2')
  await world.pass()
  const before = { list: chat.conversations.get(), timeline: handle.timeline.get(), info: handle.info.get() }
  server.send(other.id, bob.id, 'elsewhere', '3')
  await world.pass()
  expect(handle.timeline.get()).toBe(before.timeline)
  expect(handle.info.get()).toBe(before.info)
  const summaryOf = (list: typeof before.list) =>
    list.find(({ conversation }) => conversation.id === group.id)
  expect(summaryOf(chat.conversations.get())).toBe(summaryOf(before.list))
  expect(chat.conversations.get()).not.toBe(before.list)

  server.act(group.id, bob.id, 'message.edited', {
    target: 4,
    text: 'second',
    mentions: { userIds: [], all: false },
    editedAt: new Date(world.clock.now()).toISOString(),
  })
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(['one', 'second'])
  expect(handle.timeline.get().items[0]).toBe(before.timeline.items[0])
})
