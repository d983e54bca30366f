import type { Conversation } from '@confab/protocol/conversation'
import type { User } from '@confab/protocol/user'

/** The other person of a direct conversation; none in notes to oneself, in groups and in channels. */
export function otherOf(conversation: Conversation, myId: string | undefined): User | undefined {
  if (conversation.kind !== 'direct') return undefined
  return conversation.members.find(({ user }) => user.id !== myId)?.user
}

export function titleOf(conversation: Conversation, myId: string | undefined): string {
  if (conversation.kind !== 'direct') return conversation.name ?? 'Unnamed'
  return otherOf(conversation, myId)?.name ?? 'Notes to yourself'
}
