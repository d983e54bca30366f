import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { mayIn } from '@confab/protocol/permissions'
import { useNavigate } from '@tanstack/react-router'
import type { Dispatch, SetStateAction } from 'react'
import { showToast, tellFailure } from '../../state/toasts.ts'
import { useMe } from '../../state/use-people.ts'
import { DeleteQuestion } from './delete-question.tsx'
import { EmojiChoice } from './emoji-choice.tsx'
import { ForwardChoice } from './forward-choice.tsx'
import type { Asked, RowActions, Writing } from './message-actions.ts'
import { MessageInfo } from './message-info.tsx'
import { linkTo } from './message-link.ts'
import { MessageMenu } from './message-menu.tsx'
import { ReportForm } from './report-form.tsx'

interface MessageAskedProps {
  handle: ConversationHandle
  info: Conversation
  asked: Asked
  actions: RowActions
  onAsked: Dispatch<SetStateAction<Asked | undefined>>
  onWriting: (writing: Writing) => void
}

/** The menu of a message and what its items ask for next. Loaded when it is first opened. */
export function MessageAsked({ handle, info, asked, actions, onAsked, onWriting }: MessageAskedProps) {
  const me = useMe()
  const navigate = useNavigate()
  const { message } = asked
  const { seq } = message
  const own = message.senderId === me?.id
  const close = () => onAsked(undefined)
  const ask = (is: Asked['is']) => () => onAsked({ is, message })

  switch (asked.is) {
    case 'menu':
      return (
        <MessageMenu
          message={message}
          may={{
            // Whose words they are stays true: a forwarded text is edited by nobody.
            edit: own && message.forwardedFrom === null && mayIn('message.edit', info),
            delete: own || mayIn('message.deleteOthers', info),
            reply: mayIn('message.send', info),
            pin: mayIn('message.pin', info),
            report: !own,
          }}
          // An item may have asked for something else before its menu closes.
          onClose={() => onAsked((now) => (now?.is === 'menu' ? undefined : now))}
          deeds={{
            react: (emoji) => actions.react(message, emoji),
            moreEmojis: ask('emoji'),
            reply: () => onWriting({ is: 'reply', seq }),
            edit: () => onWriting({ is: 'edit', seq }),
            copy: () => copyText(message.text),
            forward: ask('forward'),
            togglePin: () =>
              message.pinned
                ? tellFailure(handle.unpin(seq), 'Unpinning')
                : tellFailure(handle.pin(seq), 'Pinning'),
            copyLink: () => copyText(linkTo(message)),
            info: ask('info'),
            report: ask('report'),
            delete: ask('delete'),
          }}
        />
      )
    case 'emoji':
      return (
        <EmojiChoice
          title="React"
          onClose={close}
          onPick={(emoji) => {
            actions.react(message, emoji)
            close()
          }}
        />
      )
    case 'info':
      return <MessageInfo handle={handle} info={info} message={message} onClose={close} />
    case 'report':
      return <ReportForm handle={handle} message={message} onClose={close} />
    case 'delete':
      return (
        <DeleteQuestion
          message={message}
          onClose={close}
          onDelete={() => {
            tellFailure(handle.delete(seq), 'Deleting')
            close()
          }}
        />
      )
    case 'forward':
      return (
        <ForwardChoice
          message={message}
          onClose={close}
          onPick={(conversationId) => {
            // A refusal shows on the copy itself, with what can be done.
            handle.forward(seq, conversationId).sent.catch(() => undefined)
            close()
            void navigate({ to: '/c/$conversationId', params: { conversationId } })
          }}
        />
      )
  }
}

function copyText(text: string): void {
  navigator.clipboard.writeText(text).catch(() => showToast('This browser doesn’t let the text be copied.'))
}
