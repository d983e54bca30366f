import type { Conversation, Member } from '@confab/protocol/conversation'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Timeline } from './timeline.ts'
import { type Computed, computed, type Notifier, type Value } from './value.ts'

/** What can be looked at of one conversation. */
export interface ConversationView {
  readonly info: Value<Conversation | undefined>
  readonly members: Value<readonly Member[]>
  readonly timeline: Value<Timeline>
  readonly typing: Value<readonly UserId[]>
  /** One message by its seq. */
  readonly message: (seq: number) => Value<Message | undefined>
}

export interface ViewSources {
  info(id: string): Conversation | undefined
  timeline(id: string, last: Timeline | undefined): Timeline
  typing(id: string): readonly UserId[]
  message(id: string, seq: number): Message | undefined
}

interface View extends ConversationView {
  invalidate(): void
}

/**
 * Views by conversation, worked out when somebody looks:
 * a change of what nobody looks at costs next to nothing.
 */
export class ConversationViews {
  readonly #notifier: Notifier
  readonly #sources: ViewSources
  readonly #views = new Map<string, View>()

  constructor(notifier: Notifier, sources: ViewSources) {
    this.#notifier = notifier
    this.#sources = sources
  }

  view(id: string): ConversationView {
    const known = this.#views.get(id)
    if (known) return known
    const { info, timeline, typing, message } = this.#sources
    const messages = new Map<number, Computed<Message | undefined>>()
    const values = {
      info: computed(this.#notifier, () => info(id)),
      members: computed(this.#notifier, () => info(id)?.members ?? nobody),
      timeline: computed<Timeline>(this.#notifier, (last) => timeline(id, last)),
      typing: computed(this.#notifier, () => typing(id)),
    }
    const all: Pick<Computed<unknown>, 'invalidate'>[] = Object.values(values)
    const view: View = {
      ...values,
      message: (seq) => {
        const known = messages.get(seq)
        if (known) return known
        const value = computed(this.#notifier, () => message(id, seq))
        messages.set(seq, value)
        return value
      },
      invalidate() {
        for (const value of all) value.invalidate()
        for (const value of messages.values()) value.invalidate()
      },
    }
    this.#views.set(id, view)
    return view
  }

  invalidate(id: string): void {
    this.#views.get(id)?.invalidate()
  }

  invalidateAll(): void {
    for (const view of this.#views.values()) view.invalidate()
  }
}

const nobody: readonly Member[] = []
