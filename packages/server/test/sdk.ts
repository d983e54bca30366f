import type { Chat, ConversationHandle } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import type { Edges } from '@confab/client/options'
import type { Value } from '@confab/client/value'
import type { Message } from '@confab/protocol/message'
import type { Person, TestServer } from './start-server.ts'
import { within } from './within.ts'

/** The SDK as a person uses it, when it has told everything for the first time. */
export async function openChat(
  server: TestServer,
  { token }: Person,
  edges: Partial<Edges> = {},
): Promise<Chat> {
  const chat = connect({ url: server.url, token, edges: { log: () => undefined, ...edges } })
  await become(chat.ready, (ready) => ready, 'a first sync')
  return chat
}

export async function become<T>(value: Value<T>, is: (value: T) => boolean, what: string): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  const look = () => {
    if (is(value.get())) resolve(value.get())
  }
  const stop = value.subscribe(look)
  look()
  return within(promise, what).finally(stop)
}

export const messagesOf = (handle: ConversationHandle): Message[] =>
  handle.timeline.get().items.flatMap((item) => (item.status === 'sent' ? [item.message] : []))

/** Waits until what a conversation shows is so. */
export async function hears(
  handle: ConversationHandle,
  is: (messages: Message[]) => boolean,
  what: string,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (is(messagesOf(handle))) resolve()
  }
  const stops = [handle.timeline.subscribe(look), handle.members.subscribe(look)]
  look()
  await within(promise, what).finally(() => {
    for (const stop of stops) stop()
  })
}
