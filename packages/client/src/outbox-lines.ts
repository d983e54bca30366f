import type { Message } from '@confab/protocol/message'
import type { Refusal } from '@confab/protocol/refusal'
import { byOrder, type OutboxEntry } from './outbox-store.ts'

export interface OutboxItem {
  readonly entry: OutboxEntry
  readonly state:
    | { readonly status: 'sending' }
    | { readonly status: 'failed'; readonly refusal: Refusal }
    | { readonly status: 'stored'; readonly message: Message }
}

export interface Held {
  item: OutboxItem
  /** Handed over in this tab, or found by it: not only heard of. */
  readonly own: boolean
  /** Resolves with the message as it is stored. */
  readonly sent: Promise<Message>
  resolve(message: Message): void
  reject(error: Error): void
}

export interface Line {
  items: Held[]
  /** Cached for who reads them, until they change. */
  shown: readonly OutboxItem[] | undefined
  busy: boolean
  tries: number
}

/** What waits in each conversation, in the order of sending. */
export class OutboxLines {
  readonly #changed: (conversationId: string) => void
  readonly #lines = new Map<string, Line>()
  #size = 0
  /** The highest number of any that was ever here. */
  lastNumber = 0

  constructor(changed: (conversationId: string) => void) {
    this.#changed = changed
  }

  /** All conversations together. */
  get size(): number {
    return this.#size
  }

  get ids(): string[] {
    return [...this.#lines.keys()]
  }

  all(): Held[] {
    return [...this.#lines.values()].flatMap(({ items }) => items)
  }

  line(conversationId: string): Line | undefined {
    return this.#lines.get(conversationId)
  }

  items(conversationId: string): readonly OutboxItem[] {
    const line = this.#lines.get(conversationId)
    if (!line) return none
    line.shown ??= line.items.map(({ item }) => item)
    return line.shown
  }

  find(conversationId: string, clientId: string): Held | undefined {
    return this.#lines.get(conversationId)?.items.find(({ item }) => item.entry.clientId === clientId)
  }

  add(entry: OutboxEntry, own: boolean): Held {
    const { conversationId, number } = entry
    const line = this.#lines.get(conversationId) ?? { items: [], shown: undefined, busy: false, tries: 0 }
    this.#lines.set(conversationId, line)
    this.lastNumber = Math.max(this.lastNumber, number)
    const held: Held = { item: { entry, state: { status: 'sending' } }, own, ...promised() }
    const after = line.items.findLastIndex(({ item }) => byOrder(item.entry, entry) < 0)
    line.items.splice(after + 1, 0, held)
    this.#size++
    this.#touched(conversationId, line)
    return held
  }

  take(conversationId: string, clientId: string): Held | undefined {
    const line = this.#lines.get(conversationId)
    const held = this.find(conversationId, clientId)
    if (!line || !held) return undefined
    line.items = line.items.filter((one) => one !== held)
    this.#size--
    this.tidy(conversationId)
    this.#touched(conversationId, line)
    return held
  }

  /** Another item in the place of one that is still here. */
  put(held: Held, item: OutboxItem): void {
    const { conversationId } = held.item.entry
    const line = this.#lines.get(conversationId)
    if (!line?.items.includes(held)) return
    held.item = item
    this.#touched(conversationId, line)
  }

  /** Forgets a line in which nothing waits. */
  tidy(conversationId: string): void {
    const line = this.#lines.get(conversationId)
    if (line?.items.length === 0 && !line.busy) this.#lines.delete(conversationId)
  }

  notBusy(): void {
    for (const line of this.#lines.values()) line.busy = false
  }

  /** All that was here. */
  clear(): Held[] {
    const [all, ids] = [this.all(), this.ids]
    this.#lines.clear()
    this.#size = 0
    for (const id of ids) this.#changed(id)
    return all
  }

  #touched(conversationId: string, line: Line): void {
    line.shown = undefined
    this.#changed(conversationId)
  }
}

function promised(): Pick<Held, 'sent' | 'resolve' | 'reject'> {
  let resolve: Held['resolve'] = () => undefined
  let reject: Held['reject'] = () => undefined
  const sent = new Promise<Message>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Who doesn't wait for the answer sees it in the timeline.
  sent.catch(() => undefined)
  return { sent, resolve, reject }
}

const none: readonly OutboxItem[] = []
