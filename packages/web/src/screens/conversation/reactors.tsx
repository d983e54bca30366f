import type { ConversationHandle } from '@confab/client/chat'
import { useCallback } from 'react'
import { useMe } from '../../state/use-people.ts'
import { ListRest } from '../../ui/list-rest.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { useList } from '../../ui/use-list.ts'

interface ReactorsProps {
  handle: ConversationHandle
  seq: number
  emoji: string
  count: number
}

/** Everybody who reacted with an emoji, a part at a time. */
export function Reactors({ handle, seq, emoji, count }: ReactorsProps) {
  const me = useMe()
  const list = useList(useCallback(() => handle.reactors(seq, emoji), [handle, seq, emoji]))
  return (
    <section aria-label={`Reacted with ${emoji}`}>
      <h3 className="pt-4 pb-1 font-semibold text-ink-faint text-small">
        {emoji} · {count}
      </h3>
      <ul>
        {list.items?.map((user) => (
          <li key={user.id} className="flex items-center gap-3 py-1.5">
            <PersonLine user={user} note={user.id === me?.id && '(you)'} />
          </li>
        ))}
      </ul>
      <ListRest list={list} />
    </section>
  )
}
