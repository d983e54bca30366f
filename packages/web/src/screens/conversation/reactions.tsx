import type { ConversationHandle } from '@confab/client/chat'
import type { Message, Reaction } from '@confab/protocol/message'
import { useState } from 'react'
import { useMe } from '../../state/use-people.ts'
import type { RowActions } from './message-actions.ts'

interface ReactionsProps {
  handle: ConversationHandle
  message: Message
  actions: RowActions
}

/** Under a message: each kind once, with its count. Pressing adds one's own or takes it back. */
export function Reactions({ handle, message, actions }: ReactionsProps) {
  if (message.reactions.length === 0) return null
  return (
    <ul aria-label="Reactions" className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <Chip
            reaction={reaction}
            whoReacted={async () => (await handle.reactors(message.seq, reaction.emoji)).items}
            onPress={() => actions.react(message, reaction.emoji)}
          />
        </li>
      ))}
    </ul>
  )
}

interface ChipProps {
  reaction: Reaction
  whoReacted: () => Promise<readonly { id: string; name: string }[]>
  onPress: () => void
}

function Chip({ reaction: { emoji, count, mine }, whoReacted, onPress }: ChipProps) {
  const me = useMe()
  const [who, setWho] = useState<{ names: string; count: number }>()
  // Asked for when somebody looks, and again when it isn't the same number any more.
  const look = () => {
    if (who?.count === count) return
    whoReacted().then(
      (users) =>
        setWho({ names: users.map(({ id, name }) => (id === me?.id ? 'You' : name)).join(', '), count }),
      () => undefined, // The count is there; the names are asked for again at the next look.
    )
  }
  return (
    <button
      type="button"
      aria-pressed={mine}
      aria-label={`${emoji} ${count}`}
      title={who?.names}
      onPointerEnter={look}
      onFocus={look}
      onClick={onPress}
      className={`flex min-h-7 items-center gap-1.5 rounded-full border px-2.5 font-semibold text-small tabular-nums transition-colors duration-(--duration-quick) ${
        mine
          ? 'border-accent bg-accent-soft text-accent hover:bg-selected'
          : 'border-line bg-raised text-ink-soft hover:bg-hover'
      }`}
    >
      <span>{emoji}</span>
      {count}
    </button>
  )
}
