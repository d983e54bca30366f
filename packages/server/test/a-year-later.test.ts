import { expect, test } from 'bun:test'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { editMessage } from '../src/domain/messages/act-on-message.ts'
import { sendMessage } from '../src/domain/messages/send-message.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'

const yearMs = 366 * 24 * 3_600_000

test('[GW42] [GW43] a year later a clientId is still the first message’s, as it stands then, and another content refused', async () => {
  const clock = manualClock()
  await using server = await startInProcess({ clock })
  const { domain } = server
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const { conversation } = await createConversation(domain, ann, { kind: 'direct', memberIds: [bob] })
  const send = { conversationId: conversation.id, clientId: 'once', text: 'first' }
  const { message } = await sendMessage(domain, { ...send, senderId: ann })
  await editMessage(domain, {
    conversationId: conversation.id,
    actorId: ann,
    seq: message.seq,
    text: 'edited',
  })

  clock.stepBy(yearMs)
  await using socket = await openSocket(server, { token: server.signIn(ann) })
  const repeated = await socket.call('message.send', send)
  expect(repeated.message).toMatchObject({ id: message.id, seq: message.seq, text: 'edited' })
  expect((await socket.refusal('message.send', { ...send, text: 'other' })).data.code).toBe(
    'client_id_reused',
  )
  const { head } = await socket.call('events', { conversationId: conversation.id })
  expect(head).toBe(message.seq + 1)
})
