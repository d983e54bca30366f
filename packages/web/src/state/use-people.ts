import type { Presence } from '@confab/protocol/presence'
import type { User } from '@confab/protocol/user'
import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react'
import { useChat } from './chat-context.ts'
import { useValue } from './use-value.ts'

export function useUser(id: string): User | undefined {
  const chat = useChat()
  return useValue(useMemo(() => chat.user(id), [chat, id]))
}

/** Several at once, in the order of their ids; the same list until one of them changes. */
export function useUsers(ids: readonly string[]): readonly (User | undefined)[] {
  const chat = useChat()
  const values = useMemo(() => ids.map((id) => chat.user(id)), [chat, ids])
  const last = useRef<readonly (User | undefined)[]>([])
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = values.map((value) => value.subscribe(listener))
      return () => {
        for (const end of ends) end()
      }
    },
    [values],
  )
  return useSyncExternalStore(subscribe, () => {
    const next = values.map((value) => value.get())
    const same = next.length === last.current.length && next.every((user, at) => user === last.current[at])
    if (!same) last.current = next
    return last.current
  })
}

/** Watched on the server as long as a component shows it. */
export function usePresence(id: string): Presence {
  const chat = useChat()
  return useValue(useMemo(() => chat.presence(id), [chat, id]))
}

export const useMe = () => useValue(useChat().me)
