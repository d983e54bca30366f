import type { CallFrame } from '@confab/protocol/frames'
import { conversationId, type UserId } from '@confab/protocol/ids'
import type { Ledger } from './ledger.ts'
import { isThing, judgeContent, pushLagMs } from './seen-content.ts'

export interface WitnessOptions {
  userId: UserId
  ledger: Ledger
  now(): number
  violate(what: string): void
  /** A message was refused for good: perhaps to a process that lives no more. */
  refused(clientId: unknown): void
}

/** One frame often goes to many sockets: it is parsed once. */
let lastFrame = ''
let lastParsed: Record<string, unknown> = {}

function parse(frame: string): Record<string, unknown> {
  if (frame === lastFrame) return lastParsed
  const parsed: unknown = JSON.parse(frame)
  lastFrame = frame
  lastParsed = isThing(parsed) ? parsed : {}
  return lastParsed
}

/**
 * Stands at the server's end of one connection and holds what is sent to the contract, whatever the client
 * makes of it: after a sync each event once in order and none skipped (G4), nothing that its user may not
 * see (G6), no text that was gone when it was asked for.
 */
export class Witness {
  readonly userId: UserId
  readonly #options: WitnessOptions
  readonly #calls = new Map<unknown, { frame: CallFrame; at: number }>()
  /** What was pushed of each conversation: without a hole, from here to there. */
  readonly #runs = new Map<string, { from: number; to: number }>()
  /** What was told otherwise, and so need not be pushed. */
  readonly #told = new Map<string, number>()
  readonly #ended = new Set<string>()
  /**
   * Conversations shown before the first sync was answered, which may have been read before they were there.
   */
  readonly #shownBefore = new Map<string, number>()
  #synced = false
  #answered = false
  userRev = 0

  constructor(options: WitnessOptions) {
    this.#options = options
    this.userId = options.userId
  }

  heard(frame: string): void {
    const call: CallFrame = JSON.parse(frame)
    this.#calls.set(call.id, { frame: call, at: this.#options.now() })
    if (call.method === 'sync') this.#synced = true
  }

  sent(frame: string): void {
    const { ledger, now, violate } = this.#options
    const { method, params, id, result, error } = parse(frame)
    const call = id === undefined ? undefined : this.#calls.get(id)
    const askedAt = call ? call.at : now() - pushLagMs
    judgeContent(call ? result : params, { ledger, userId: this.userId, askedAt, now: now(), violate })
    if (typeof method === 'string') this.#push(method, params)
    else if (call?.frame.method === 'presence.set' && result !== undefined)
      ledger.visibility.acknowledge(this.userId, now())
    else if (call?.frame.method === 'sync' && result !== undefined) this.#syncReply(call.frame.params, result)
    else if (call?.frame.method === 'message.send' && isThing(error) && isThing(call.frame.params))
      if (!isPassing(error.data)) this.#options.refused(call.frame.params.clientId)
    if (id !== undefined) this.#calls.delete(id)
  }

  /** How far a conversation was told: for the end, when all of it should have been. */
  reached(id: string): number {
    return Math.max(this.#runs.get(id)?.to ?? 0, this.#told.get(id) ?? 0)
  }

  get isSynced(): boolean {
    return this.#synced
  }

  #violate(what: string): void {
    this.#options.violate(`to ${this.userId}: ${what}`)
  }

  #push(method: string, params: unknown): void {
    if (!isThing(params)) return
    if (!this.#synced && method !== 'hello' && method !== 'notice')
      this.#violate(`${method} before the first sync`)
    if (typeof params.userRev === 'number') this.userRev = Math.max(this.userRev, params.userRev)
    if (method === 'conversation' && isThing(params.conversation)) this.#shown(params.conversation)
    const id = conversationId.safeParse(params.conversationId).data
    if (id === undefined) return
    // One's own cursor, moved before one left, may be told afterwards: it says nothing new.
    const isOwn = method === 'receipt' && params.userId === this.userId
    const { ledger, now } = this.#options
    if (method === 'typing' && params.typing === true)
      if (ledger.visibility.wasInvisible(String(params.userId), now() - pushLagMs))
        this.#violate(`${params.userId}, who is invisible, types in ${id}`)
    // Who was back for a while and has left again may still be told of that while.
    const isTheirs =
      method === 'event'
        ? ledger.maySee(id, this.userId, Number(params.seq))
        : isOwn || ledger.isMember(id, this.userId)
    if (this.#ended.has(id) && !isTheirs) this.#violate(`${method} of ${id} after their own member.left`)
    if (method === 'event') this.#event(id, params)
  }

  #event(id: string, { seq, type, data }: Record<string, unknown>): void {
    if (typeof seq !== 'number') return
    const run = this.#runs.get(id)
    const before = run ? run.to : this.#told.get(id)
    if (before !== undefined && seq > before + 1) this.#violate(`event ${seq} of ${id} after ${before}`)
    this.#runs.set(id, { from: run?.from ?? seq, to: Math.max(run?.to ?? 0, seq) })
    if (type !== 'member.left' || !isThing(data) || data.userId !== this.userId) return
    this.#runs.delete(id)
    this.#told.delete(id)
    this.#shownBefore.delete(id)
    this.#ended.add(id)
  }

  /** A conversation of which one has become a member: its events go on from there. */
  #shown({ id, head, me }: Record<string, unknown>): void {
    const shown = conversationId.safeParse(id).data
    if (shown === undefined || typeof head !== 'number' || me === null) return
    // Read before one left, it says nothing of what begins when one is back.
    if (head <= (this.#options.ledger.logs.get(shown)?.leftAt.get(this.userId) ?? 0)) return
    this.#ended.delete(shown)
    // Before the first sync is answered no run of events begins here: the answer tells what lies between.
    if (this.#answered) this.#tell(shown, head)
    else this.#shownBefore.set(shown, head)
  }

  #tell(id: string, head: number): void {
    const run = this.#runs.get(id)
    if (run && run.from > head + 1) this.#violate(`${id}: told up to ${head}, pushed from ${run.from}`)
    this.#told.set(id, Math.max(this.#told.get(id) ?? 0, head))
  }

  #syncReply(params: unknown, result: unknown): void {
    if (!isThing(result) || !isThing(params)) return
    this.#answered = true
    const cursors = isThing(params.cursors) ? params.cursors : {}
    if (typeof result.userRev === 'number') this.userRev = Math.max(this.userRev, result.userRev)
    const heads = new Map<string, number>()
    const short = new Set<unknown>()
    for (const one of listOf(result.conversations)) heads.set(String(one.id), Number(one.head))
    for (const one of listOf(result.more)) {
      heads.set(String(one.id), Number(one.head))
      short.add(one.id)
    }
    const gone = new Set([result.reset, result.removed].flat())
    for (const [id, cursor] of Object.entries(cursors))
      if (!heads.has(id) && !gone.has(id)) heads.set(id, Number(cursor))
    this.#judgeEvents(listOf(result.events), { cursors, heads, short })
    for (const [id, head] of this.#shownBefore) if (!heads.has(id)) this.#tell(id, head)
    for (const [id, head] of heads) this.#tell(id, head)
    this.#shownBefore.clear()
  }

  /** Contiguous after each cursor, and up to the head unless `more` says otherwise. */
  #judgeEvents(
    events: Record<string, unknown>[],
    at: { cursors: Record<string, unknown>; heads: Map<string, number>; short: Set<unknown> },
  ): void {
    const reached = new Map<string, number>()
    for (const { conversationId: id, seq } of events) {
      const before = reached.get(String(id)) ?? Number(at.cursors[String(id)])
      if (seq !== before + 1) this.#violate(`sync: event ${seq} of ${id} after ${before}`)
      reached.set(String(id), Number(seq))
    }
    for (const [id, last] of reached)
      if (last < (at.heads.get(id) ?? 0) && !at.short.has(id))
        this.#violate(`sync: ${id} told up to ${last} of ${at.heads.get(id)}, and no word of more`)
  }
}

/** What the SDK waits for and tries again. */
const isPassing = (data: unknown): boolean =>
  isThing(data) && ['rate_limited', 'overloaded', 'unauthenticated', 'internal'].includes(String(data.code))

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isThing) : []
