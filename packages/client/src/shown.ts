import type { UserId } from '@confab/protocol/ids'
import type { ConversationSummary } from './chat.ts'
import { composeTimeline } from './compose-timeline.ts'
import { ConversationList } from './conversation-list.ts'
import { type ConversationView, ConversationViews } from './conversation-views.ts'
import type { FetchedMessages } from './fetched-messages.ts'
import type { HistoryLoader } from './history-loader.ts'
import type { LocalConversation } from './local-conversation.ts'
import type { LocalCopies } from './local-copies.ts'
import type { MessageActions } from './message-actions.ts'
import type { Outbox } from './outbox.ts'
import type { Typing } from './typing.ts'
import { type Computed, computed, type Notifier } from './value.ts'

interface ShownParts {
  notifier: Notifier
  store: LocalCopies
  actions: MessageActions
  fetched: FetchedMessages
  outbox: Outbox
  history: HistoryLoader
  typing: Typing
  viewer(): UserId | undefined
}

/** What there is to look at: the copies, with what was done here and isn't in them yet laid over them. */
export class Shown {
  readonly conversations: Computed<readonly ConversationSummary[]>
  readonly #list = new ConversationList()
  readonly #views: ConversationViews

  constructor({ notifier, store, actions, fetched, outbox, history, typing, viewer }: ShownParts) {
    const shown = (id: string): LocalConversation | undefined => {
      const local = store.get(id)
      return local && actions.overlaid(local)
    }
    this.#views = new ConversationViews(notifier, {
      info: (id) => shown(id)?.conversation,
      typing: (id) => typing.others(id),
      message(id, seq) {
        const local = store.get(id)
        const message = fetched.message(id, seq)
        return local && message && actions.shown(local, message)
      },
      timeline: (id, last) =>
        composeTimeline(last, shown(id), outbox.items(id), history.loading(id), viewer()),
    })
    this.conversations = computed(notifier, (last) => {
      const overlaid = [...store.entries()].map(([id, local]): [string, LocalConversation] => [
        id,
        actions.overlaid(local),
      ])
      return this.#list.compute(last, overlaid, (id) => typing.others(id), viewer())
    })
  }

  view(id: string): ConversationView {
    return this.#views.view(id)
  }

  changed(id: string): void {
    this.#views.invalidate(id)
    this.conversations.invalidate()
  }

  gone(id: string): void {
    this.#list.drop(id)
  }

  invalidateAll(): void {
    this.#views.invalidateAll()
    this.conversations.invalidate()
  }
}
