import type { ConversationHandle } from '@confab/client/chat'
import type { User } from '@confab/protocol/user'
import { type KeyboardEvent, useState } from 'react'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { type Begun, begunMention, offersFor } from './mentions.ts'

interface MentionOffers {
  people: readonly User[]
  /** Which of them Enter would take. */
  active: number
  /** Looks at what stands before the caret. */
  look: (text: string, caret: number) => void
  /** True when the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean
  take: (user: User) => void
}

/** Offers the members whose handle or name begins with what was written after an `@`. */
export function useMentionOffers(
  handle: ConversationHandle,
  onTake: (begun: Begun, user: User) => void,
): MentionOffers {
  const me = useMe()
  const members = useValue(handle.members)
  const [begun, setBegun] = useState<Begun>()
  const [at, setAt] = useState(0)
  const others = members.map(({ user }) => user).filter(({ id }) => id !== me?.id)
  const people = begun ? offersFor(begun.query, others) : []
  const active = Math.min(at, people.length - 1)

  const take = (user: User) => {
    if (begun) onTake(begun, user)
    setBegun(undefined)
  }
  return {
    people,
    active,
    take,
    look(text, caret) {
      setBegun(begunMention(text, caret))
      setAt(0)
    },
    onKey(event) {
      const chosen = people[active]
      if (!chosen) return false
      if (event.key === 'ArrowDown') setAt((active + 1) % people.length)
      else if (event.key === 'ArrowUp') setAt((active + people.length - 1) % people.length)
      else if (event.key === 'Escape') setBegun(undefined)
      else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') take(chosen)
      else return false
      event.preventDefault()
      return true
    },
  }
}
