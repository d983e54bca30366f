import type { World } from './world.contract.ts'

/** Everything that `sayEverything` leaves said. */
export const said = ['sent-2c81', 'edited-73af', 'forwarded-90de', 'draft-5b1e']

/** Sends, edits, forwards and drafts. */
export async function sayEverything(world: World) {
  const ana = await world.user('ana')
  const conversationId = await world.group([ana])
  const on = { conversationId, actorId: ana, at: world.now }
  await world.send(conversationId, ana, { text: 'sent-2c81' })
  const { seq } = await world.send(conversationId, ana, { text: 'first-11aa' })
  await world.done({ write: 'message.edit', ...on, seq, text: 'edited-73af' })
  const forwardedFrom = { senderId: ana, createdAt: world.now }
  await world.send(conversationId, ana, { text: 'forwarded-90de', forwardedFrom })
  await world.done({ write: 'membership.change', ...on, change: { draft: 'draft-5b1e' } })
  return { ana, conversationId }
}
