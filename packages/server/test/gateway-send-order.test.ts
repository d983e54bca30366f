import { expect, test } from 'bun:test'
import { defaultRates } from '@confab/protocol/rates'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { openLimiter } from '../src/domain/limits/limiter.ts'
import { openMemoryRateLimits } from '../src/drivers/memory/rate-limits.ts'
import { systemClock } from '../src/lib/clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'
import { within } from './within.ts'

/** A gateway whose limits answer the first question last, as when the engine that nodes share falls silent. */
async function startHesitant() {
  const server = await startInProcess({ clock: systemClock })
  const asked = Promise.withResolvers<undefined>()
  const answer = Promise.withResolvers<undefined>()
  let questions = 0
  const rateLimits = openLimiter({
    rateLimits: openMemoryRateLimits({ clock: systemClock }),
    ...{ rates: defaultRates, clock: systemClock },
    lockout: { failures: 1, withinMs: 1, lockMs: 1 },
    async tierOf() {
      if (questions++ > 0) return 1
      asked.resolve(undefined)
      await answer.promise
      return 1
    },
  })
  const ann = await server.person('ann')
  const { conversation } = await createConversation(server.domain, ann, { kind: 'direct', memberIds: [ann] })
  Object.assign(server.domain, { rateLimits })
  return {
    ...{ server, conversationId: conversation.id, token: server.signIn(ann) },
    asked: asked.promise,
    answer: () => answer.resolve(undefined),
  }
}

test('[GW44] a send that is refused holds up none of those behind it', async () => {
  const { server, conversationId, token, answer } = await startHesitant()
  await using _ = server
  await using socket = await openSocket(server, { token })
  await socket.next('hello')
  answer()
  const send = { conversationId, clientId: 'no such message' }
  const refused = socket.refusal('message.send', { ...send, forward: { conversationId, seq: 1 } })
  const behind = socket.call('message.send', { ...send, clientId: 'behind', text: 'behind' })
  expect((await refused).data.code).toBe('not_found')
  expect((await behind).message.seq).toBe(2)
})

test('[GW44] a send that waits longer for its limit is not overtaken by the next one', async () => {
  const { server, conversationId, token, asked, answer } = await startHesitant()
  await using _ = server
  await using socket = await openSocket(server, { token })
  await socket.next('hello')
  const send = (clientId: string) => socket.call('message.send', { conversationId, clientId, text: clientId })
  const first = send('first')
  await within(asked, 'the first question')
  const later = [send('second'), send('third')]
  // Answered after them, so by then they were heard.
  await socket.call('ping')
  answer()
  const sent = await within(Promise.all([first, ...later]), 'the answers')
  expect(sent.map(({ message }) => message.seq)).toEqual([2, 3, 4])
})
