import { z } from 'zod'
import type { Clock } from './clock.ts'

/**
 * Two processes that were started together, and what they say to each other: questions, answers, and notes.
 */
export interface Talk {
  /** What the other end has sent. What is no such message is passed over. */
  receive(message: unknown): void
  /** Rejects where no answer comes in time, or none can any more. */
  ask(question: string, withinMs: number): Promise<string>
  note(topic: string, text: string): void
  /** No answer comes any more. */
  close(): void
}

const anyMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('question'), id: z.number(), text: z.string() }),
  z.object({ kind: z.literal('answer'), id: z.number(), text: z.string() }),
  z.object({ kind: z.literal('note'), topic: z.string(), text: z.string() }),
])

export function openTalk({
  send,
  answer,
  hear,
  clock,
}: {
  send: (message: z.infer<typeof anyMessage>) => void
  /** Undefined for a question that isn't answered. Never rejects. */
  answer: (question: string) => Promise<string | undefined>
  hear: (topic: string, text: string) => void
  clock: Clock
}): Talk {
  const open = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>()
  let last = 0

  async function reply(id: number, question: string) {
    const text = await answer(question)
    if (text !== undefined) send({ kind: 'answer', id, text })
  }

  return {
    receive(received) {
      const { success, data } = anyMessage.safeParse(received)
      if (!success) return
      if (data.kind === 'note') hear(data.topic, data.text)
      else if (data.kind === 'answer') open.get(data.id)?.resolve(data.text)
      else void reply(data.id, data.text)
    },
    async ask(question, withinMs) {
      const id = ++last
      const answered = Promise.withResolvers<string>()
      open.set(id, answered)
      const late = new Error(`${question}: no answer within ${withinMs} ms`)
      const cancel = clock.after(withinMs, () => answered.reject(late))
      send({ kind: 'question', id, text: question })
      try {
        return await answered.promise
      } finally {
        cancel()
        open.delete(id)
      }
    },
    note: (topic, text) => send({ kind: 'note', topic, text }),
    close() {
      for (const { reject } of open.values()) reject(new Error('the other process has ended'))
    },
  }
}
