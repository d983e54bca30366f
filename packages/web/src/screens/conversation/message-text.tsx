import { memo } from 'react'
import { piecesOf } from './links.ts'

/** The text as it was sent: React escapes it, white space stands, and each line finds its own direction. */
export const MessageText = memo(({ text }: { text: string }) => (
  <p
    dir="auto"
    data-message-text
    className="min-w-0 grow whitespace-pre-wrap break-words [unicode-bidi:plaintext]"
  >
    {piecesOf(text).map((piece) =>
      piece.kind === 'text' ? (
        piece.text
      ) : (
        <a
          key={piece.at}
          href={piece.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="underline decoration-current/40 underline-offset-2 hover:decoration-current"
        >
          {piece.text}
        </a>
      ),
    )}
  </p>
))
