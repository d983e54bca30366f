import type { Mentions } from '@confab/protocol/message'
import { memo } from 'react'
import { useMe, useUsers } from '../../state/use-people.ts'
import { piecesOf } from './links.ts'
import { mentionPieces } from './mentions.ts'

interface MessageTextProps {
  text: string
  mentions?: Mentions
}

/**
 * The text as it was sent: React escapes it, white space stands, and each line finds its own direction. Marks
 * that pile up on a letter end with the message, before they cover the next one.
 */
export const MessageText = memo(({ text, mentions }: MessageTextProps) => {
  const names = mentions && (mentions.all || mentions.userIds.length > 0) ? mentions : undefined
  return (
    <p
      dir="auto"
      data-message-text
      className="min-w-0 grow overflow-clip whitespace-pre-wrap break-words [overflow-clip-margin:0.5rem] [unicode-bidi:plaintext]"
    >
      {piecesOf(text).map((piece) =>
        piece.kind === 'link' ? (
          <a
            key={piece.at}
            href={piece.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="underline decoration-current/40 underline-offset-2 hover:decoration-current"
          >
            {piece.text}
          </a>
        ) : names ? (
          <NamingText key={piece.at} text={piece.text} names={names} />
        ) : (
          piece.text
        ),
      )}
    </p>
  )
})

/** Marks who is mentioned, by the handle that they have now; oneself more strongly. */
function NamingText({ text, names }: { text: string; names: Mentions }) {
  const me = useMe()
  const users = useUsers(names.userIds)
  const userOf = (handle: string) => users.find((user) => user?.handle === handle)
  const pieces = mentionPieces(
    text,
    (handle) => (handle === 'all' && names.all) || userOf(handle) !== undefined,
  )
  return pieces.map((piece) => {
    if (piece.kind === 'text') return piece.text
    const user = userOf(piece.handle)
    const mine = piece.handle === 'all' || user?.id === me?.id
    return (
      <span
        key={piece.at}
        data-mention={mine ? 'mine' : 'other'}
        title={user?.name ?? 'Everybody here'}
        className={`font-semibold ${mine ? 'rounded-small bg-notice-soft px-0.5 text-notice' : 'text-read'}`}
      >
        {piece.text}
      </span>
    )
  })
}
