import type { ConversationId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Random } from '../random.ts'
import { type Answer, Lost } from './connection.ts'
import type { Device } from './device.ts'
import type { User } from './population.ts'
import { contentHash, now, type Recorder } from './recorder.ts'
import { rest } from './rest.ts'
import type { Tally } from './tally.ts'

export interface NewMessage {
  conversationId: ConversationId
  clientId: string
  text: string
}

export interface OutboxOptions {
  url: string
  user: User
  random: Random
  recorder: Recorder
  tally: Tally
}

const viaRest = 0.15
const tryAgainMs = 300

/** What a user sends, over a socket or REST, again and again under its clientId until it is answered. */
export class Outbox {
  readonly #options: OutboxOptions
  /** By clientId, when it was first tried. */
  readonly #waiting = new Map<string, number>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Whether something that was begun before is unanswered. */
  waitsSince(t: number): boolean {
    return [...this.#waiting.values()].some((began) => began < t)
  }

  /** Resolves with the message, or undefined where it was refused for good. */
  async send(device: Device, message: NewMessage): Promise<Message | undefined> {
    const { random, tally, recorder } = this.#options
    const began = now()
    this.#waiting.set(message.clientId, began)
    try {
      tally.sends++
      for (let tries = 0; ; tries++) {
        if (tries > 0) tally.resends++
        const overRest = tries > 0 && random.chance(viaRest * 2) ? true : random.chance(viaRest)
        if (!overRest) await device.online()
        const answer = await this.try(overRest ? undefined : device, message)
        if (answer === undefined) {
          if (overRest) await Bun.sleep(tryAgainMs)
        } else if ('result' in answer) {
          tally.acknowledged++
          tally.acknowledgedDue = Math.max(tally.acknowledgedDue, began)
          tally.longestStallMs = Math.max(tally.longestStallMs, now() - began)
          return answer.result
        } else {
          const { code, retryAfterMs } = answer.refused
          tally.refused[code] = (tally.refused[code] ?? 0) + 1
          recorder.note({ kind: 'refused', t: now(), what: 'send', code })
          if (!isForNow(code)) return undefined
          await Bun.sleep(retryAfterMs ?? tryAgainMs)
        }
      }
    } finally {
      this.#waiting.delete(message.clientId)
    }
  }

  /** One try over a device, or over REST; undefined where no answer came. */
  async try(device: Device | undefined, message: NewMessage): Promise<Answer<Message> | undefined> {
    const { url, user, recorder, tally } = this.#options
    const { conversationId, clientId, text } = message
    const asked = now()
    const connection = device?.connection
    const sent = { conversation: conversationId, clientId, ...(connection !== undefined && { connection }) }
    recorder.note({ kind: 'send', t: asked, ...sent, content: contentHash(text) })
    const heard = (stored: Message) =>
      recorder.note({
        kind: 'sent',
        t: now(),
        asked,
        ...sent,
        seq: stored.seq,
        content: contentHash(stored.text),
      })
    try {
      if (!device) {
        const path = `/api/v1/conversations/${conversationId}/messages`
        const body = { clientId, text }
        const answer = await rest<Message>(url, path, { method: 'POST', body, token: user.token })
        if ('result' in answer) heard(answer.result)
        return answer
      }
      const answer = await device.call('message.send', message, (told) => {
        if ('result' in told) heard(told.result.message)
      })
      return 'result' in answer ? { result: answer.result.message } : answer
    } catch (cause) {
      if (!(cause instanceof Lost)) throw cause
      tally.lostAnswers++
      return undefined
    }
  }
}

/** A refusal that the contract means to pass. */
export const isForNow = (code: string): boolean =>
  code === 'overloaded' || code === 'rate_limited' || /^status 5/.test(code)
