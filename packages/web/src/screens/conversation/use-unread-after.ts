import type { TimelineItem } from '@confab/client/timeline'
import type { Conversation } from '@confab/protocol/conversation'
import { useState } from 'react'

interface Options {
  /** Somebody reads the end of the conversation right now. */
  seeing: boolean
  items: readonly TimelineItem[]
  myId: string | undefined
}

/**
 * After which seq the unread divider stands. It is set where the reader left off (on opening, and again
 * when something arrives while they look elsewhere) and stays while they read on; answering removes it.
 */
export function useUnreadAfter(info: Conversation, { seeing, items, myId }: Options): number | undefined {
  const readSeq = info.me?.readSeq ?? 0
  const unread = info.me?.unread ?? 0
  const [after, setAfter] = useState(unread > 0 ? readSeq : undefined)
  const last = items.at(-1)
  const answered = last !== undefined && (last.status !== 'sent' || last.message.senderId === myId)
  if (answered && after !== undefined) setAfter(undefined)
  else if (!answered && !seeing && unread > 0 && (after === undefined || after < readSeq)) setAfter(readSeq)
  return answered ? undefined : after
}
