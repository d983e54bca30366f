import type { ConversationHandle } from '@confab/client/chat'
import { useMemo } from 'react'
import { tellFailure } from '../../state/toasts.ts'
import type { Asked, RowActions, Writing } from './message-actions.ts'

interface Setters {
  setAsked: (asked: Asked) => void
  setWriting: (writing: Writing) => void
  jumpTo: (seq: number) => void
}

/** What is given must stay the same: a state's own setters do. */
export const useRowActions = (
  handle: ConversationHandle,
  { setAsked, setWriting, jumpTo }: Setters,
): RowActions =>
  useMemo(
    () => ({
      retry: (clientId) => handle.retry(clientId),
      discard: (clientId) => handle.discard(clientId),
      ask: (is, message) => setAsked({ is, message }),
      reply: (seq) => setWriting({ is: 'reply', seq }),
      react({ seq, reactions }, emoji) {
        const mine = reactions.some((one) => one.emoji === emoji && one.mine)
        tellFailure(mine ? handle.unreact(seq, emoji) : handle.react(seq, emoji), 'Your reaction')
      },
      jumpTo,
    }),
    [handle, setAsked, setWriting, jumpTo],
  )
