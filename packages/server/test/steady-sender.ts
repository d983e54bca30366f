import type { ConversationId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { CallRefused, type RawSocket } from './raw-socket.ts'

/** Sends over one socket, some messages under way all the time, until the socket ends. */
export interface SteadySender {
  /** Resolves when so many have been acknowledged. */
  acknowledged(count: number): Promise<void>
  /** Resolves when the socket has ended: what was acknowledged, and what was sent and never was. */
  ended: Promise<{ acknowledged: Message[]; unanswered: Sent[] }>
}

export interface Sent {
  conversationId: ConversationId
  clientId: string
  text: string
}

const underWay = 8

export function sendSteadily(socket: RawSocket, conversationId: ConversationId, name: string): SteadySender {
  const acknowledged: Message[] = []
  const unanswered: Sent[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let number = 0
  let isOver = false

  async function sendOneByOne() {
    while (!isOver) {
      number++
      const sent = { conversationId, clientId: `${name} ${number}`, text: `${name} says ${number}` }
      try {
        acknowledged.push((await socket.call('message.send', sent)).message)
        for (const { count, resolve } of waiting) if (acknowledged.length >= count) resolve()
      } catch (error) {
        // A refusal is an answer, and none is due here.
        if (error instanceof CallRefused) throw error
        unanswered.push(sent)
        isOver = true
      }
    }
  }

  const ended = (async () => {
    await Promise.all(Array.from({ length: underWay }, sendOneByOne))
    return { acknowledged, unanswered }
  })()

  return {
    ended,
    acknowledged: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve })
        if (acknowledged.length >= count) resolve()
      }),
  }
}
