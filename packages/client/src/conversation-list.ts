import type { UserId } from '@confab/protocol/ids'
import type { ConversationSummary } from './chat.ts'
import type { LocalConversation } from './local-conversation.ts'
import { sameItems } from './value.ts'

/** All conversations in order, latest activity first. What did not change stays the same object. */
export class ConversationList {
  readonly #summaries = new Map<string, ConversationSummary>()

  compute(
    last: readonly ConversationSummary[] | undefined,
    entries: Iterable<[string, LocalConversation]>,
    typing: (id: string) => readonly UserId[],
    viewer: UserId | undefined,
  ): readonly ConversationSummary[] {
    const next: ConversationSummary[] = []
    for (const [id, local] of entries) next.push(this.#summary(id, local, typing(id), viewer))
    return sameItems(last, next.sort(byActivity))
  }

  drop(id: string): void {
    this.#summaries.delete(id)
  }

  #summary(
    id: string,
    { conversation }: LocalConversation,
    typing: readonly UserId[],
    viewer: UserId | undefined,
  ): ConversationSummary {
    const known = this.#summaries.get(id)
    if (known && known.conversation === conversation && known.typing === typing) return known
    const { kind, members, lastMessage, me } = conversation
    const summary = {
      conversation,
      other: kind === 'direct' ? members.find(({ user }) => user.id !== viewer)?.user : undefined,
      lastMessage,
      unread: me?.unread ?? 0,
      mentions: me?.mentions ?? 0,
      typing,
    }
    this.#summaries.set(id, summary)
    return summary
  }
}

const activity = ({ conversation, lastMessage }: ConversationSummary) =>
  lastMessage?.createdAt ?? conversation.createdAt

function byActivity(a: ConversationSummary, b: ConversationSummary): number {
  const [first, second] = [activity(a), activity(b)]
  if (first !== second) return first > second ? -1 : 1
  return a.conversation.id < b.conversation.id ? 1 : -1
}
