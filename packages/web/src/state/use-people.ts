import type { Presence } from '@confab/protocol/presence'
import type { User } from '@confab/protocol/user'
import { useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { useValue } from './use-value.ts'
import { useValues } from './use-values.ts'

export function useUser(id: string): User | undefined {
  const chat = useChat()
  return useValue(useMemo(() => chat.user(id), [chat, id]))
}

/** Several at once, in the order of their ids; the same list until one of them changes. */
export function useUsers(ids: readonly string[]): readonly (User | undefined)[] {
  const chat = useChat()
  return useValues(useMemo(() => ids.map((id) => chat.user(id)), [chat, ids]))
}

/** Watched on the server as long as a component shows it. */
export function usePresence(id: string): Presence {
  const chat = useChat()
  return useValue(useMemo(() => chat.presence(id), [chat, id]))
}

export const useMe = () => useValue(useChat().me)

/** Somebody whom one has blocked oneself. */
export const useIsBlocked = (userId: string): boolean => useMe()?.blocks.some((id) => id === userId) ?? false
