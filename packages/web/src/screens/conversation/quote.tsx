import type { ConversationHandle } from '@confab/client/chat'
import type { Message } from '@confab/protocol/message'
import { useMemo } from 'react'
import { coveredWords } from '../../state/blocked-words.ts'
import { useIsBlocked, useMe, useUser } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { onOneLine } from '../../ui/one-line.ts'

interface QuoteProps {
  handle: ConversationHandle
  seq: number
  own: boolean
  onJump: (seq: number) => void
}

/** What a reply answers, as it stands now. Pressing it leads there. */
export function Quote({ handle, seq, own, onJump }: QuoteProps) {
  const target = useValue(useMemo(() => handle.message(seq), [handle, seq]))
  const isGroup = useValue(handle.info)?.kind !== 'direct'
  const covered = useIsBlocked(target?.senderId ?? '') && isGroup
  return (
    <button
      type="button"
      data-quote
      title="Go to the message"
      onClick={() => onJump(seq)}
      className={`mb-1 w-full min-w-0 basis-full rounded-small border-s-2 border-accent py-0.5 ps-2.5 pe-1.5 text-start text-small ${own ? 'hover:bg-surface/30' : 'hover:bg-hover'}`}
    >
      <span className="sr-only">In answer to </span>
      {target ? <QuotedText target={target} covered={covered} /> : <span className="block">…</span>}
    </button>
  )
}

/** `covered`: one has blocked its author, and hasn't asked for it. */
export function QuotedText({ target, covered = false }: { target: Message; covered?: boolean }) {
  const instead = target.deletedAt ? 'This message was deleted' : covered ? coveredWords : undefined
  return (
    <>
      <bdi className="block truncate font-semibold">
        <AuthorName userId={target.senderId} />
      </bdi>
      <bdi className={`block truncate ${instead === undefined ? '' : 'italic'}`}>
        {instead ?? onOneLine(target.text)}
      </bdi>
    </>
  )
}

/** "You" for oneself. */
export function AuthorName({ userId }: { userId: string }) {
  const me = useMe()
  const user = useUser(userId)
  return <>{userId === me?.id ? 'You' : (user?.name ?? '…')}</>
}
