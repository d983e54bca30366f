import { refusalError } from '@confab/protocol/frames'
import { type Message, message as messageSchema } from '@confab/protocol/message'
import type { Refusal } from '@confab/protocol/refusal'
import type { Clock } from './clock.ts'
import type { Log } from './options.ts'
import { isOutboxEntry, type OutboxEntry, type OutboxStore } from './outbox-store.ts'
import { parseRefusal } from './parse-frame.ts'
import type { Lead, TabChannel, Tabs } from './tabs.ts'
import { withinMs } from './within-ms.ts'

/** A database that doesn't answer by then is done without: what it holds is sent after the next start. */
export const loadWithinMs = 3_000

/** What the tabs of a user tell each other of the messages that are on their way. */
export type OutboxNews =
  | { readonly kind: 'added'; readonly entry: OutboxEntry }
  | ({ readonly kind: 'stored'; readonly message: Message } & Named)
  | ({ readonly kind: 'failed'; readonly refusal: Refusal } & Named)
  | ({ readonly kind: 'discarded' } & Named)

interface Named {
  readonly conversationId: string
  readonly clientId: string
}

interface ShareOptions {
  store: OutboxStore
  tabs: Tabs
  origin: string
  clock: Clock
  log: Log
  heard(news: OutboxNews): void
  /** Whether this tab is the one that sends. */
  leads(leads: boolean): void
}

/** A user's outbox as their tabs share it: kept on disk, told of to each other, sent by one of them. */
export class OutboxShare {
  readonly #options: ShareOptions
  #userId: string | undefined
  #lead: Lead | undefined
  #channel: TabChannel | undefined

  constructor(options: ShareOptions) {
    this.#options = options
  }

  get userId(): string | undefined {
    return this.#userId
  }

  open(userId: string): void {
    const { tabs, origin, heard, leads } = this.#options
    const name = `confab outbox ${origin} ${userId}`
    this.#userId = userId
    this.#channel = tabs.channel(name, (news) => {
      const parsed = parseNews(news)
      if (parsed) heard(parsed)
    })
    this.#lead = tabs.lead(name, leads)
  }

  /** What lies there now. Never rejects. */
  async load(userId: string): Promise<OutboxEntry[]> {
    const { store, clock, log } = this.#options
    try {
      return (await withinMs(clock, loadWithinMs, store.load(userId))).filter(isOutboxEntry)
    } catch (error) {
      log('warn', 'what an earlier page left unsent can’t be read', error)
      return []
    }
  }

  /** The others hear of it when it is on disk: who sends it may settle it at once. */
  added(entry: OutboxEntry): void {
    if (this.#userId === undefined) return
    const { store, log } = this.#options
    const channel = this.#channel
    store
      .put(this.#userId, entry)
      // Full or forbidden: it is sent all the same, it only won't outlive the page.
      .catch((error: unknown) => log('warn', 'a message could not be kept for a reload', error))
      .finally(() => channel?.tell({ kind: 'added', entry } satisfies OutboxNews))
  }

  forget(clientId: string): void {
    if (this.#userId === undefined) return
    const { store, log } = this.#options
    store
      .remove(this.#userId, clientId)
      .catch((error: unknown) => log('warn', 'a sent message is still kept, and sent again', error))
  }

  /** Never rejects, and comes after all that was put there before. */
  async clear(userId: string): Promise<void> {
    const { store, log } = this.#options
    await store
      .clear(userId)
      .catch((error: unknown) => log('error', 'what was not sent could not be cleared', error))
  }

  tell(news: OutboxNews): void {
    this.#channel?.tell(news.kind === 'failed' ? { ...news, refusal: refusalError(news.refusal) } : news)
  }

  /** The tab that sends seems to be asleep. */
  takeLead(): void {
    this.#lead?.take()
  }

  close(): void {
    this.#userId = undefined
    this.#lead?.release()
    this.#channel?.close()
    this.#lead = this.#channel = undefined
  }
}

/** Another version of the page may have told it. */
function parseNews(news: unknown): OutboxNews | undefined {
  const { kind, entry, conversationId, clientId, message, refusal }: Record<string, unknown> = {
    ...Object(news),
  }
  if (kind === 'added') return isOutboxEntry(entry) ? { kind, entry } : undefined
  if (typeof conversationId !== 'string' || typeof clientId !== 'string') return undefined
  const named = { conversationId, clientId }
  if (kind === 'discarded') return { kind, ...named }
  if (kind === 'failed') return { kind, ...named, refusal: parseRefusal(refusal) }
  const parsed = kind === 'stored' ? messageSchema.safeParse(message) : undefined
  return parsed?.success ? { kind: 'stored', ...named, message: parsed.data } : undefined
}
