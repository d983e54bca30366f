import type { ConversationHandle } from '@confab/client/chat'
import { useMemo } from 'react'
import { tellFailure } from '../../state/toasts.ts'
import type { Asked, RowActions, Writing } from './message-actions.ts'
import type { Jump } from './use-jump.ts'

interface Setters {
  setAsked: (asked: Asked) => void
  setWriting: (writing: Writing) => void
  setJump: (jump: Jump) => void
}

/** The setters must be a state's own, which never change. */
export const useRowActions = (
  handle: ConversationHandle,
  { setAsked, setWriting, setJump }: Setters,
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
      jumpTo: (seq) => setJump({ seq }),
    }),
    [handle, setAsked, setWriting, setJump],
  )
