import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'

const movedOn = { code: closeCode.draining, reason: 'draining' }

test('[DRAIN6] who moves on a notice is told by one and served for a second more, the others are closed at once', async () => {
  const clock = manualClock()
  await using server = await startInProcess({ clock })
  const ann = await server.person('ann')
  const made = { kind: 'group' as const, name: 'A group', memberIds: [] }
  const { id, head } = (await createConversation(server.domain, ann, made)).conversation
  const open = async (params: { movesOnNotice?: boolean }) => {
    const socket = await openSocket(server, { token: server.signIn(ann) })
    await socket.call('sync', params)
    return socket
  }
  await using moving = await open({ movesOnNotice: true })
  await using gone = await open({ movesOnNotice: true })
  const other = await open({})

  server.drain()
  expect(await moving.next('notice')).toEqual({ code: 'draining' })
  expect(await gone.next('notice')).toEqual({ code: 'draining' })
  expect(await other.closed).toEqual(movedOn)
  expect(other.pushes.map(({ method }) => method)).not.toContain('notice')
  await gone[Symbol.asyncDispose]()
  clock.advance(980)
  const { message } = await moving.call('message.send', {
    conversationId: id,
    clientId: 'late',
    text: 'late',
  })
  expect(message.seq).toBe(head + 1)
  expect(await moving.next('event')).toMatchObject({ seq: head + 1 })
  clock.advance(20)
  expect(await moving.closed).toEqual(movedOn)
})
