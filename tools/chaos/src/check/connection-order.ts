import type { FindingKind } from './finding.ts'
import type { HistoryRecord, SeenEvent, Synced } from './history.ts'

interface Trouble {
  kind: FindingKind
  conversation: string
  detail: string
}

/** What a connection has been given of one conversation, pushes apart from the rest. */
interface Line {
  /** All up to here is held: by cursor, snapshot, sync and pages. Undefined: not told of yet. */
  held: number | undefined
  /** Where that ends when the catching up is over. */
  promised: number
  /** Whether the reply itself was to bring all that was promised, without pages. */
  whole: boolean
  /** The pushes, which have no hole between the first and the last. */
  pushedFrom: number | undefined
  pushedTo: number
}

/**
 * Follows one connection. Pushes of a conversation follow each other without a hole; the first of them
 * joins on to what the sync brought, whichever of the two came first; a repeat may come at any time.
 */
export class ConnectionOrder {
  readonly troubles: Trouble[] = []
  readonly #user: string
  readonly #lines = new Map<string, Line>()
  /** By conversation, the seq with which one left it, and when that was told; until one is told to be back. */
  readonly #left = new Map<string, { seq: number; toldAt: number }>()

  constructor(user: string) {
    this.#user = user
  }

  take(record: HistoryRecord): void {
    if (record.kind === 'synced') this.#synced(record)
    else if (record.kind === 'conversation') this.#begin(record.conversation, record.head)
    else if (record.kind === 'event' && record.via === 'push') this.#pushed(record)
    else if (record.kind === 'event') this.#caughtUp(record)
  }

  /** When the history of the connection is over. `heads`: of the logs, if it was open to the very end. */
  end(heads: ReadonlyMap<string, number> | undefined): void {
    for (const [conversation, { held, promised, whole, pushedFrom, pushedTo }] of this.#lines) {
      if (held === undefined) continue
      if (held < promised && (whole || heads)) {
        this.#trouble('gap', conversation, `caught up to seq ${held} of ${promised}`)
      } else if (heads) {
        const reached = pushedFrom === undefined ? held : Math.max(held, pushedTo)
        const head = heads.get(conversation) ?? 0
        if (reached < head) this.#trouble('gap', conversation, `ends at seq ${reached} of ${head}`)
      }
    }
  }

  #synced({ asked, cursors, heads, more, reset, removed }: Synced): void {
    const headOf = (id: string) => more[id] ?? heads[id] ?? cursors[id] ?? 0
    // Read before one left, and come after it. What is asked once that is told must know of it.
    const isPast = (id: string) => {
      const left = this.#left.get(id)
      return left !== undefined && asked < left.toldAt && headOf(id) < left.seq
    }
    const mine = Object.keys(cursors).filter((id) => !removed.includes(id) && !reset.includes(id))
    for (const conversation of mine.filter((id) => !isPast(id))) {
      const line = this.#line(conversation)
      line.held = cursors[conversation]
      line.promised = headOf(conversation)
      line.whole = more[conversation] === undefined
      this.#join(conversation, line)
    }
    for (const [conversation, head] of Object.entries(heads))
      if (!isPast(conversation)) this.#begin(conversation, head)
  }

  /** A snapshot is where one begins, unless one holds something already. */
  #begin(conversation: string, head: number): void {
    const line = this.#line(conversation)
    if (line.held !== undefined) return
    line.held = head
    this.#join(conversation, line)
  }

  #caughtUp({ conversation, seq }: SeenEvent): void {
    const line = this.#line(conversation)
    if (line.held === undefined || seq <= line.held) return
    if (seq > line.held + 1) this.#trouble('gap', conversation, `caught up from ${line.held} to ${seq}`)
    line.held = seq
    this.#join(conversation, line)
  }

  #pushed({ t, conversation, seq, type, user }: SeenEvent): void {
    const line = this.#line(conversation)
    if (line.pushedFrom === undefined) {
      line.pushedFrom = seq
      line.pushedTo = seq
      this.#join(conversation, line)
    } else if (seq > line.pushedTo + 1) {
      this.#trouble('gap', conversation, `seq ${seq} was pushed after ${line.pushedTo}`)
    } else if (seq < line.pushedFrom && seq > (line.held ?? 0)) {
      this.#trouble('reordered', conversation, `seq ${seq} was pushed after ${line.pushedTo}`)
    }
    line.pushedTo = Math.max(line.pushedTo, seq)
    if (user !== this.#user) return
    if (type === 'member.joined') this.#left.delete(conversation)
    // The last that one gets. Who is back begins anew.
    if (type !== 'member.left') return
    this.#lines.delete(conversation)
    this.#left.set(conversation, { seq, toldAt: t })
  }

  /** Once all that was promised is held, the pushes begin where it ends, or earlier. */
  #join(conversation: string, line: Line): void {
    const { held, promised, pushedFrom, pushedTo } = line
    if (held === undefined || held < promised || pushedFrom === undefined || pushedFrom <= held + 1) return
    this.#trouble('gap', conversation, `all is held up to seq ${held}, then ${pushedFrom} was pushed`)
    line.held = pushedTo
  }

  #line(conversation: string): Line {
    const known = this.#lines.get(conversation)
    if (known) return known
    const line = { held: undefined, promised: 0, whole: true, pushedFrom: undefined, pushedTo: 0 }
    this.#lines.set(conversation, line)
    return line
  }

  #trouble(kind: FindingKind, conversation: string, detail: string): void {
    this.troubles.push({ kind, conversation, detail })
  }
}
