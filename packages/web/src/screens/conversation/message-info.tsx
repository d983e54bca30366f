import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'
import { exactTime } from '../../state/times.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { Modal } from '../../ui/modal.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { QuotedText } from './quote.tsx'
import { Reactors } from './reactors.tsx'
import { type Receipt, receiptsOf } from './receipts.ts'

interface MessageInfoProps {
  handle: ConversationHandle
  info: Conversation
  message: Message
  onClose: () => void
}

/**
 * When a message was sent, who has it and has read it, and who reacted; it follows what happens meanwhile.
 */
export function MessageInfo({ handle, info, message: asked, onClose }: MessageInfoProps) {
  const message = useValue(handle.message(asked.seq)) ?? asked
  const me = useMe()
  // That one has it oneself needs no word.
  const others = useValue(handle.members).filter(({ user }) => user.id !== me?.id)
  const receipts = receiptsOf(message, others)
  const unlisted = info.memberCount - info.members.length
  return (
    <Modal title="About this message" description={`Sent ${exactTime(message.createdAt)}`} onClose={onClose}>
      <div className="min-h-40 grow overflow-y-auto px-5 pt-2 pb-5">
        <blockquote className="min-w-0 rounded-small border-line-strong border-s-2 ps-2.5 text-ink-soft text-small">
          <QuotedText target={message} />
        </blockquote>
        {message.editedAt && (
          <p className="mt-2 text-ink-faint text-small">Edited {exactTime(message.editedAt)}</p>
        )}
        {message.reactions.map(({ emoji, count }) => (
          <Reactors key={`${emoji} ${count}`} handle={handle} seq={message.seq} emoji={emoji} count={count} />
        ))}
        {receipts ? (
          <>
            <Group name="Read by" people={receipts.read} />
            <Group name="Delivered to" people={receipts.delivered} />
            <Group name="Not delivered yet" people={receipts.waiting} />
            {unlisted > 0 && (
              <p className="mt-3 text-ink-faint text-small">
                {unlisted} more {unlisted === 1 ? 'member isn’t' : 'members aren’t'} listed here.
              </p>
            )}
          </>
        ) : (
          <p className="mt-4 text-ink-faint text-small">
            In so large a conversation nobody is told who has read what.
          </p>
        )}
      </div>
    </Modal>
  )
}

function Group({ name, people }: { name: string; people: readonly Receipt[] }) {
  if (people.length === 0) return null
  return (
    <section aria-label={name}>
      <h3 className="pt-4 pb-1 font-semibold text-ink-faint text-small">
        {name} · {people.length}
      </h3>
      <ul>
        {people.map(({ user, at }) => (
          <li key={user.id} className="flex items-center gap-3 py-1.5">
            <PersonLine user={user} {...(at && { detail: exactTime(at) })} />
          </li>
        ))}
      </ul>
    </section>
  )
}
