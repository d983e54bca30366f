import { defaultEdges } from '@confab/client/default-edges'
import type { Socket } from '@confab/client/options'
import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import type { PushFrame } from '@confab/protocol/frames'
import type { Action } from '../../check/history.ts'
import { FrameNotes } from '../frame-notes.ts'
import { contentHash, now, type Recorder } from '../recorder.ts'
import type { Tally } from '../tally.ts'

/** What a tap tells of beside what it writes down. */
export interface Tapped {
  recorder: Recorder
  tally: Tally
  /** The clientIds that went out before. */
  tried: Set<string>
  nextAct: () => number
  onAnswered: (asked: number) => void
}

type Call = { [M in Method]: { method: M; params: CallInput[M] } }[Method] & { id: number }
type Answer = { id: number; result: unknown } | { id: number; error: { data?: { code: string } } }

interface Asked {
  call: Call
  at: number
  act: number | undefined
}

const actions = {
  'message.edit': 'edit',
  'message.delete': 'delete',
  'message.react': 'react',
  'message.unreact': 'unreact',
  read: 'read',
} as const satisfies Partial<Record<Method, Action>>

const { openSocket } = defaultEdges()
const pingId = 'of the tap'

export interface TappedSocket extends Socket {
  /** Ends without a word to the SDK, as a lost network does. */
  cut(): void
  /** Asks for a sign of life past the SDK, which would give up a connection that takes its time to answer. */
  ask(): void
}

/** The SDK's own socket, of which every frame is written down as it goes out and as it comes in. */
export function openTappedSocket(url: string, name: string, tapped: Tapped): TappedSocket {
  const inner = openSocket(url)
  const tap = new Tap(name, tapped)
  const socket: TappedSocket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(frame) {
      tap.asked(frame)
      inner.send(frame)
    },
    close(code, reason) {
      tap.ended(1006)
      inner.close(code, reason)
    },
    cut() {
      tap.ended(1006)
      inner.close()
      socket.onclose?.({ code: 1006, reason: '' })
    },
    ask() {
      const ping = tap.ping()
      if (ping) inner.send(ping)
    },
  }
  inner.onopen = () => socket.onopen?.()
  inner.onmessage = ({ data }) => {
    if (typeof data === 'string' && tap.heard(data) === 'for the tap') return
    socket.onmessage?.({ data })
  }
  inner.onclose = ({ code, reason }) => {
    tap.ended(code)
    socket.onclose?.({ code, reason })
  }
  inner.onerror = () => socket.onerror?.()
  return socket
}

class Tap {
  readonly #tapped: Tapped
  readonly #notes: FrameNotes
  readonly #calls = new Map<number, Asked>()
  /** How far the pages after the sync have come, of what it left out. */
  readonly #filled = new Map<string, number>()
  #pingedAt: number | undefined
  #isOpen = false
  #hasEnded = false

  constructor(name: string, tapped: Tapped) {
    this.#tapped = tapped
    this.#notes = new FrameNotes(tapped.recorder, name)
  }

  asked(frame: string): void {
    const call: Call = JSON.parse(frame)
    const { recorder, tally, tried } = this.#tapped
    const at = now()
    const act = this.#actOf(call, at)
    this.#calls.set(call.id, { call, at, act })
    if (call.method !== 'message.send') return
    const { conversationId: conversation, clientId, text = '' } = call.params
    const { connection } = this.#notes
    if (tried.has(clientId)) tally.resends++
    tried.add(clientId)
    recorder.note({ kind: 'send', t: at, connection, conversation, clientId, content: contentHash(text) })
  }

  /** One at a time; undefined while the last is unanswered. */
  ping(): string | undefined {
    if (this.#pingedAt !== undefined || this.#hasEnded) return undefined
    this.#pingedAt = now()
    return JSON.stringify({ id: pingId, method: 'ping', params: {} })
  }

  heard(data: string): 'for the tap' | undefined {
    if (this.#hasEnded) return undefined
    const frame: PushFrame | Answer | { id: typeof pingId } = JSON.parse(data)
    if ('method' in frame) this.#pushed(frame)
    else if (frame.id !== pingId) this.#answered(frame)
    else {
      this.#tapped.onAnswered(this.#pingedAt ?? 0)
      this.#pingedAt = undefined
      return 'for the tap'
    }
    return undefined
  }

  /** Once, however it ended. */
  ended(code: number): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#tapped.tally.lostAnswers += this.#calls.size
    if (this.#isOpen) this.#notes.closed(code)
  }

  #pushed(push: PushFrame): void {
    if (push.method !== 'hello') this.#notes.pushed(push)
    else {
      this.#isOpen = true
      this.#notes.opened(push.params.epoch)
    }
  }

  #answered(answer: Answer): void {
    const asked = this.#calls.get(answer.id)
    if (!asked) return
    this.#calls.delete(answer.id)
    this.#tapped.onAnswered(asked.at)
    const { method } = asked.call
    if ('result' in answer) this.#told(asked, answer.result)
    else if (method !== 'auth') this.#refused(method, answer.error.data?.code ?? 'unknown')
  }

  #told({ call, at, act }: Asked, result: unknown): void {
    const { recorder } = this.#tapped
    if (act !== undefined) {
      const { event } = { event: null, ...(result as Partial<CallResults['message.edit']>) }
      recorder.note({ kind: 'acted', t: now(), act, seq: event?.seq ?? null })
    } else if (call.method === 'message.send') {
      const { message } = result as CallResults['message.send']
      const { conversationId: conversation, clientId } = call.params
      const { connection } = this.#notes
      const stored = { seq: message.seq, content: contentHash(message.text) }
      recorder.note({ kind: 'sent', t: now(), asked: at, connection, conversation, clientId, ...stored })
    } else if (call.method === 'sync') {
      this.#synced(result as CallResults['sync'], at, call.params.cursors ?? {})
    } else if (call.method === 'events') {
      this.#page((result as CallResults['events']).events, call.params, at)
    } else if (call.method === 'history') {
      this.#notes.messages((result as CallResults['history']).messages, at)
    } else if (call.method === 'conversations') {
      for (const item of (result as CallResults['conversations']).items) this.#notes.snapshot(item, at)
    }
  }

  #synced(result: CallResults['sync'], asked: number, cursors: Record<string, number>): void {
    this.#notes.synced(result, asked, cursors)
    this.#filled.clear()
    const reached = new Map(result.events.map(({ conversationId, seq }) => [conversationId, seq]))
    for (const { id } of result.more) {
      const from = reached.get(id) ?? cursors[id]
      if (from !== undefined) this.#filled.set(id, from)
    }
  }

  #page(
    events: CallResults['events']['events'],
    { conversationId, after }: CallInput['events'],
    asked: number,
  ) {
    const fills = this.#filled.get(conversationId) === after
    this.#notes.page(events, asked, fills)
    const last = events.at(-1)
    if (fills && last) this.#filled.set(conversationId, last.seq)
  }

  #refused(what: string, code: string): void {
    const { recorder, tally } = this.#tapped
    tally.refused[code] = (tally.refused[code] ?? 0) + 1
    recorder.note({ kind: 'refused', t: now(), what, code })
  }

  #actOf(call: Call, t: number): number | undefined {
    switch (call.method) {
      case 'message.edit':
      case 'message.delete':
      case 'message.react':
      case 'message.unreact':
      case 'read': {
        const act = this.#tapped.nextAct()
        const { conversationId: conversation, seq: target } = call.params
        const content = 'text' in call.params ? { content: contentHash(call.params.text) } : {}
        const action = actions[call.method]
        this.#tapped.recorder.note({ kind: 'act', t, act, action, conversation, target, ...content })
        return act
      }
      default:
        return undefined
    }
  }
}
