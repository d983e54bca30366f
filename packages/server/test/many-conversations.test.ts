import { expect, test } from 'bun:test'
import { syncConversationsMax } from '@confab/protocol/limits'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'

const conversationsCount = 5_000

test('[SYNC8] who is in 5,000 conversations syncs in one round trip, of a frame that fits', async () => {
  await using server = await startInProcess({ clock: manualClock() })
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const make = (number: number) =>
    createConversation(server.domain, ann, { kind: 'group', name: `group ${number}`, memberIds: [bob] })
  const made: Awaited<ReturnType<typeof make>>[] = []
  // As many at once as the commit queue takes.
  while (made.length < conversationsCount)
    made.push(...(await Promise.all(Array.from({ length: 500 }, (_, index) => make(made.length + index)))))
  const heads = new Map(made.map(({ conversation: { id, head } }) => [id, head]))
  await using fresh = await openSocket(server, { token: server.signIn(bob) })
  const first = await fresh.call('sync')
  expect(first.conversations).toHaveLength(syncConversationsMax)
  expect(new Map([...first.conversations, ...first.more].map(({ id, head }) => [id, head]))).toEqual(heads)

  // Level with all but one, it is told of that one, and of nothing else.
  const [one] = made
  if (!one) throw new Error('nothing was made')
  const { id, head } = one.conversation
  const cursors = { ...Object.fromEntries(heads), [id]: head - 1 }
  await using back = await openSocket(server, { token: server.signIn(bob) })
  const again = await back.call('sync', { cursors, userRev: first.userRev, since: first.at })
  expect({ ...again, conversations: again.conversations.map((told) => told.id) }).toMatchObject({
    conversations: [id],
    events: [{ conversationId: id, seq: head }],
    more: [],
    reset: [],
    removed: [],
  })
}, 30_000)
