import type { Event } from '@confab/protocol/event'
import { targetOf } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import { Dropped } from './dropped.ts'
import { indexOf, type LocalConversation } from './local-conversation.ts'
import { applyAction, isDoneBy, type MessageAction } from './message-action.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/*
           act                reply with its event              in the local copy
  (new) ────────► waiting ──────────────────────────► stored ─────────────────────► (gone)
                   ▲  │                                                                ▲
        cut off,   └──┤ its event came first; nothing had to be changed; refused       │
     told to wait     └────────────────────────────────────────────────────────────────┘

  While it waits or is stored it lies over the copy, which itself holds nothing but what the server told.
*/

/** Actions that are kept until the server answers, all messages together; more are refused. */
export const actionsMax = 1_000

interface Held {
  readonly action: MessageAction
  readonly at: string
  /** It may have reached the server. */
  called: boolean
  /** The seq of its event. */
  storedAt: number | undefined
  resolve(): void
  reject(error: Error): void
}

/** The actions on one message, told one after the other. */
interface Line {
  readonly conversationId: string
  readonly seq: number
  held: Held[]
  busy: boolean
  tries: number
  shown: { base: Message; message: Message } | undefined
}

interface ActionsOptions {
  call: Call
  timers: Timers
  random: () => number
  /** The server's time, for what shows when it was done. */
  now(): number
  viewer(): UserId | undefined
  /** An event that a reply brought. */
  event(event: Event): void
  /** How far the copy has come; undefined where there is none. */
  cursor(conversationId: string): number | undefined
  changed(conversationId: string): void
}

/** What was done to messages and isn't in the local copy yet: shown over it, and told until answered. */
export class MessageActions {
  readonly #options: ActionsOptions
  readonly #lines = new Map<string, Map<number, Line>>()
  /** The last copy of each conversation with actions, and what it looks like with them. */
  readonly #overlaid = new Map<string, { local: LocalConversation; overlaid: LocalConversation }>()
  #size = 0
  #online = false
  #connection = 0

  constructor(options: ActionsOptions) {
    this.#options = options
  }

  act(conversationId: string, seq: number, action: MessageAction): Promise<void> {
    if (this.#size >= actionsMax)
      return Promise.reject(new Refusal('overloaded', { detail: 'Too many changes wait to be told' }))
    const line = this.#line(conversationId, seq)
    const at = new Date(this.#options.now()).toISOString()
    const done = new Promise<void>((resolve, reject) => {
      line.held.push({ action, at, called: false, storedAt: undefined, resolve, reject })
    })
    // Who doesn't wait for the answer sees it in the timeline.
    done.catch(() => undefined)
    this.#size++
    this.#touched(line)
    this.#pump(line)
    return done
  }

  /** The copy as it is shown: the very same where nothing is done to it. */
  overlaid(local: LocalConversation): LocalConversation {
    const { id, lastMessage } = local.conversation
    const lines = this.#lines.get(id)
    if (!lines) return local
    const known = this.#overlaid.get(id)
    if (known?.local === local) return known.overlaid
    const messages = [...local.messages]
    for (const { seq } of lines.values()) {
      const index = indexOf(messages, seq)
      const message = messages[index]
      if (message) messages[index] = this.shown(local, message)
    }
    const last = lastMessage && this.shown(local, lastMessage)
    const overlaid = { ...local, messages, conversation: { ...local.conversation, lastMessage: last } }
    this.#overlaid.set(id, { local, overlaid })
    return overlaid
  }

  /** A message of the copy, or one from before what the copy holds. */
  shown(local: LocalConversation, base: Message): Message {
    const line = this.#lines.get(local.conversation.id)?.get(base.seq)
    const viewer = this.#options.viewer()
    if (!line || viewer === undefined) return base
    if (line.shown?.base !== base) {
      let message = base
      for (const { action, at } of line.held) message = applyAction(local, message, { action, at, viewer })
      line.shown = { base, message }
    }
    return line.shown.message
  }

  online(): void {
    this.#online = true
    for (const line of this.#all()) this.#pump(line)
  }

  down(): void {
    this.#online = false
    this.#connection++
    for (const line of this.#all()) {
      line.busy = false
      this.#tidy(line)
    }
  }

  /** An event was folded into the copy: perhaps that of an action whose reply never came. */
  folded(event: Event): void {
    const target = targetOf(event)
    const line = target === undefined ? undefined : this.#lines.get(event.conversationId)?.get(target)
    if (!line || event.actorId !== this.#options.viewer()) return
    const told = line.held.find(({ storedAt }) => storedAt === undefined)
    if (told?.called && isDoneBy(told.action, event)) {
      told.resolve()
      this.#remove(line, told)
    }
  }

  /** The copy holds everything up to `cursor`: what is stored below it shows there. */
  reached(conversationId: string, cursor: number): void {
    for (const line of [...(this.#lines.get(conversationId)?.values() ?? [])])
      for (const one of [...line.held])
        if (one.storedAt !== undefined && one.storedAt <= cursor) this.#remove(line, one)
  }

  /** What they were about is gone, or the chat is closed. */
  dropAll(): void {
    const lines = this.#all()
    this.#lines.clear()
    this.#overlaid.clear()
    this.#size = 0
    for (const { held, conversationId } of lines) {
      for (const { reject } of held) reject(new Dropped('not told to the server'))
      this.#options.changed(conversationId)
    }
  }

  #all(): Line[] {
    return [...this.#lines.values()].flatMap((lines) => [...lines.values()])
  }

  #line(conversationId: string, seq: number): Line {
    const lines = this.#lines.get(conversationId) ?? new Map<number, Line>()
    this.#lines.set(conversationId, lines)
    const known = lines.get(seq)
    if (known) return known
    const line: Line = { conversationId, seq, held: [], busy: false, tries: 0, shown: undefined }
    lines.set(seq, line)
    return line
  }

  #touched(line: Line): void {
    line.shown = undefined
    this.#overlaid.delete(line.conversationId)
    this.#options.changed(line.conversationId)
  }

  #remove(line: Line, one: Held): void {
    if (!line.held.includes(one)) return
    line.held = line.held.filter((held) => held !== one)
    this.#size--
    this.#tidy(line)
    this.#touched(line)
  }

  #tidy({ held, busy, conversationId, seq }: Line): void {
    const lines = this.#lines.get(conversationId)
    if (held.length > 0 || busy) return
    lines?.delete(seq)
    if (lines?.size === 0) this.#lines.delete(conversationId)
  }

  #pump(line: Line): void {
    const next = line.held.find(({ storedAt }) => storedAt === undefined)
    if (!next || line.busy || !this.#online) return
    line.busy = true
    next.called = true
    const connection = this.#connection
    void this.#tell(line, next).then((waitMs) => {
      if (connection !== this.#connection) return
      const goOn = () => {
        line.busy = false
        this.#tidy(line)
        this.#pump(line)
      }
      if (waitMs === undefined) goOn()
      else this.#options.timers.after(waitMs, goOn)
    })
  }

  /** Resolves with how long to wait before the next try, if there must be one. */
  async #tell(line: Line, told: Held): Promise<number | undefined> {
    const { call, event: take, cursor, random } = this.#options
    try {
      const { event } = await callOf(call, line, told.action)
      line.tries = 0
      if (event) {
        told.storedAt = event.seq
        take(event)
      }
      if (!event || (cursor(line.conversationId) ?? event.seq) >= event.seq) this.#remove(line, told)
      told.resolve()
      return undefined
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error))
        return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, ++line.tries, random)
      line.tries = 0
      this.#remove(line, told)
      told.reject(error)
      return undefined
    }
  }
}

function callOf(call: Call, { conversationId, seq }: Line, action: MessageAction) {
  const on = { conversationId, seq }
  switch (action.kind) {
    case 'edit':
      return call('message.edit', { ...on, text: action.text })
    case 'react':
    case 'unreact':
      return call(`message.${action.kind}`, { ...on, emoji: action.emoji })
    case 'delete':
    case 'pin':
    case 'unpin':
      return call(`message.${action.kind}`, on)
  }
}
