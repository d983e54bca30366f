import type { ConversationHandle } from '@confab/client/chat'
import type { Message } from '@confab/protocol/message'
import { mayIn } from '@confab/protocol/permissions'
import { useState } from 'react'
import { exactTime } from '../../state/times.ts'
import { tellFailure } from '../../state/toasts.ts'
import { useIsBlocked } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { CoveredMessage } from './covered-message.tsx'
import { MessageText } from './message-text.tsx'
import { AuthorName } from './quote.tsx'

interface PinnedMessageProps {
  handle: ConversationHandle
  message: Message
  onJump: (seq: number) => void
}

export function PinnedMessage({ handle, message, onJump }: PinnedMessageProps) {
  const info = useValue(handle.info)
  const mayPin = info !== undefined && mayIn('message.pin', info)
  const blocked = useIsBlocked(message.senderId)
  const [uncovered, setUncovered] = useState(false)
  const covered = blocked && info?.kind !== 'direct' && !uncovered
  return (
    // Not in the tab order: it takes the focus when what covers it goes.
    <article
      tabIndex={-1}
      className="rounded-medium border border-line bg-raised p-3 outline-none focus-visible:outline-2 focus-visible:outline-focus"
    >
      <p className="flex items-baseline gap-2 text-small">
        <bdi className="min-w-0 truncate font-semibold">
          <AuthorName userId={message.senderId} />
        </bdi>
        <time dateTime={message.createdAt} className="shrink-0 text-ink-faint text-micro">
          {exactTime(message.createdAt)}
        </time>
      </p>
      <div className="mt-1 max-h-40 overflow-hidden">
        {covered ? <CoveredMessage onShow={() => setUncovered(true)} /> : <MessageText text={message.text} />}
      </div>
      <div className="mt-1.5 -mb-1 flex justify-end">
        {mayPin && (
          <button
            type="button"
            className={linkLook}
            onClick={() => tellFailure(handle.unpin(message.seq), 'Unpinning')}
          >
            Unpin
          </button>
        )}
        <button type="button" className={linkLook} onClick={() => onJump(message.seq)}>
          Show in conversation
        </button>
      </div>
    </article>
  )
}

const linkLook = 'min-h-9 rounded-small px-2 font-semibold text-accent text-small hover:bg-accent-soft'
