import type { Conversation } from '@confab/protocol/conversation'
import type { User } from '@confab/protocol/user'
import { titleOf } from '../state/titles.ts'
import { Avatar } from './avatar.tsx'
import { PresenceDot } from './presence-dot.tsx'

interface ConversationAvatarProps {
  conversation: Conversation
  other: User | undefined
  size?: 'small' | 'medium'
}

/** A person's face with their presence, or a group's square. */
export function ConversationAvatar({ conversation, other, size = 'medium' }: ConversationAvatarProps) {
  if (other) {
    return (
      <span className="relative shrink-0">
        <Avatar seed={other.id} name={other.name} size={size} />
        <PresenceDot userId={other.id} small={size === 'small'} />
      </span>
    )
  }
  const direct = conversation.kind === 'direct'
  return (
    <Avatar
      seed={conversation.id}
      name={titleOf(conversation, undefined)}
      shape={direct ? 'round' : 'square'}
      size={size}
    />
  )
}
