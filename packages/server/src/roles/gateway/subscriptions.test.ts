import { expect, test } from 'bun:test'
import { type ConversationId, conversationId } from '@confab/protocol/ids'
import type { Feed } from '../../domain/delivery/feed.ts'
import { openCursorGate } from '../../domain/receipts/cursor-gate.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openSubscriptions } from './subscriptions.ts'

const newId = () => conversationId.parse(Bun.randomUUIDv7())

/** Subscriptions of nobody, to what the test joins, beside a conversation that was of use once. */
function setUp() {
  const unfollowed: ConversationId[] = []
  const unused = newId()
  const feed: Feed = {
    follow: async () => undefined,
    followed: () => [unused],
    position: () => undefined,
    catchUp: async () => undefined,
    unfollow: (ids) => void unfollowed.push(...ids),
    [Symbol.dispose]: () => undefined,
  }
  const nothing = async () => undefined
  const subscriptions = openSubscriptions({
    store: { revs: async () => ({ userRev: 0, meRev: 0 }), memberships: async () => [], standing: nothing },
    publisher: { publish: () => 0, subscriberCount: () => 0 },
    topicOf: (id) => id,
    openFeed: () => feed,
    cursors: openCursorGate({ clock: manualClock() }),
    connectionsOf: () => [],
  })
  const gate = Promise.withResolvers<undefined>()
  const join = () => subscriptions.join({ id: newId(), connections: () => [], read: () => gate.promise })
  return { subscriptions, join, goOn: () => gate.resolve(undefined), unused, unfollowed }
}

test('[GW18] while a crowd comes in none is let go, and afterwards what nobody listens to is', async () => {
  const { subscriptions, join, goOn, unused, unfollowed } = setUp()
  const crowd = Array.from({ length: 50_001 }, join)
  subscriptions.sweep()
  expect(unfollowed).toEqual([])
  goOn()
  await Promise.all(crowd)
  subscriptions.sweep()
  expect(unfollowed).toEqual([unused])
})
