import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import type { Run } from './row.ts'

/**
 * A few clients that use the SDK, each a second device of one of the users, among the many that speak raw
 * frames: what the raw ones only count, these fold, and at the end they must hold what was acknowledged.
 */
export interface Witnesses extends AsyncDisposable {
  /** Resolves when each has folded so many messages of its conversation; rejects when they don't come. */
  haveSeen(counts: ReadonlyMap<string, number>): Promise<void>
}

const witnessCount = 4
const seenWithinMs = 10_000

export async function openWitnesses({ system, population }: Run): Promise<Witnesses> {
  const seen = new Map<string, number>()
  const chats: Chat[] = []
  let told = (): void => undefined
  for (const { token } of population.users.slice(0, witnessCount * 2).filter((_, index) => index % 2 === 0)) {
    const chat = connect({ url: `http://127.0.0.1:${system.program.port}`, token })
    chats.push(chat)
    chat.on('event', ({ type, conversationId }) => {
      if (type !== 'message.created') return
      seen.set(conversationId, (seen.get(conversationId) ?? 0) + 1)
      told()
    })
    await readyOf(chat)
  }

  return {
    async haveSeen(counts) {
      const watched = chats.flatMap((_, index) => population.conversations[index]?.id ?? [])
      const isWhole = () => watched.every((id) => seen.get(id) === counts.get(id))
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const late = setTimeout(
        () => reject(new Error(`an SDK client holds ${JSON.stringify([...seen])}`)),
        seenWithinMs,
      )
      told = () => isWhole() && resolve()
      told()
      await promise.finally(() => clearTimeout(late))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(chats.map((chat) => chat.close()))
    },
  }
}

function readyOf(chat: Chat): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (chat.ready.get()) resolve()
  }
  chat.ready.subscribe(look)
  look()
  return promise
}
