import type { ConversationHandle } from '@confab/client/chat'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import type { FakeServer } from './fake-server.ts'

/** What a person does to a message through the SDK, and the server's moods about it. */
export const actionKinds = ['myEdit', 'myDelete', 'myReact', 'myPin', 'quote', 'forward', 'refuse'] as const
export type ActionKind = (typeof actionKinds)[number]

export const isActionKind = (kind: string): kind is ActionKind => actionKinds.some((one) => one === kind)

const moods = [
  new Refusal('forbidden'),
  new Refusal('conflict'),
  new Refusal('rate_limited', { retryAfterMs: 3_000 }),
  new Refusal('overloaded'),
]
const methods = ['message.edit', 'message.delete', 'message.react', 'message.pin', 'delivered'] as const

/** Refusals are part of it: what is refused must not be seen in the end. `target` may be deleted or gone. */
export function actThroughTheSdk(
  kind: ActionKind,
  { server, handle, target, to, what }: Acting,
): Promise<unknown> | undefined {
  switch (kind) {
    case 'myEdit':
      return handle.edit(target.seq, `by me ${what}`)
    case 'myDelete':
      return handle.delete(target.seq)
    case 'myReact':
      // The same few over and over: back and forth, on one message, under way together.
      return what % 3 ? handle.react(target.seq, emojiOf(what)) : handle.unreact(target.seq, emojiOf(what))
    case 'myPin':
      return what % 2 ? handle.pin(target.seq) : handle.unpin(target.seq)
    case 'quote':
      handle.message(target.seq).subscribe(() => undefined)
      handle.message(target.seq).get()
      return undefined
    case 'forward':
      handle.forward(target.seq, to)
      return undefined
    case 'refuse': {
      const method = methods[what % methods.length]
      const mood = moods[what % moods.length]
      if (method && mood) server.temper.refuse.set(method, [mood, mood].slice(what % 2))
      return undefined
    }
  }
}

interface Acting {
  server: FakeServer
  handle: ConversationHandle
  target: Message
  /** Another conversation. */
  to: string
  what: number
}

const emojiOf = (what: number) => (what % 2 ? '👍' : '🎉')
