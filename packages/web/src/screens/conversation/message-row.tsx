import { memo, useState } from 'react'
import { useIsBlocked, useUser } from '../../state/use-people.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Bubble, type BubbleProps } from './bubble.tsx'
import { CoveredMessage } from './covered-message.tsx'
import { FailedNote } from './failed-note.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { Reactions } from './reactions.tsx'
import { useLongPress } from './use-long-press.ts'

interface MessageRowProps extends BubbleProps {
  senderId: string
  /** In a group or channel others have a face and a name. */
  named: boolean
  closesGroup: boolean
  /** One may write here. */
  answerable: boolean
  /** One has just come here from a quote or a pin. */
  found: boolean
}

export const MessageRow = memo((props: MessageRowProps) => {
  const { item, own, named, opensGroup, closesGroup, answerable, actions, found } = props
  // What is on its way, and what is gone, can't be answered or marked.
  const message = item.status === 'sent' && item.message.deletedAt === null ? item.message : undefined
  const blocked = useIsBlocked(props.senderId)
  const [uncovered, setUncovered] = useState(false)
  const covered = blocked && named && message !== undefined && !uncovered
  const press = useLongPress(() => message && actions.ask('menu', message))
  return (
    <article
      aria-label={own ? 'Your message' : undefined}
      // Not in the tab order: the arrow keys lead here.
      tabIndex={-1}
      data-seq={item.status === 'sent' ? item.message.seq : undefined}
      {...press}
      data-own={own}
      data-found={found || undefined}
      className={`group/message mx-auto flex w-full max-w-5xl gap-2.5 px-4 outline-none transition-colors duration-(--duration-calm) data-found:bg-accent-soft sm:px-6 ${opensGroup ? 'pt-2.5' : 'pt-0.5'} ${own ? 'justify-end ps-12 sm:ps-30' : 'pe-10 sm:pe-30'}`}
    >
      {named && !own && (
        <span className="w-9 shrink-0 self-end">{closesGroup && <SenderFace userId={props.senderId} />}</span>
      )}
      <div className={`flex min-w-0 max-w-[44rem] flex-col ${own ? 'items-end' : 'items-start'}`}>
        {named && !own && opensGroup && <SenderName userId={props.senderId} />}
        <div className="relative flex min-w-0 max-w-full pointer-coarse:select-none [-webkit-touch-callout:none]">
          {covered ? <CoveredMessage onShow={() => setUncovered(true)} /> : <Bubble {...props} />}
          {message && !covered && (
            <MessageToolbar message={message} own={own} answerable={answerable} actions={actions} />
          )}
        </div>
        {message && !covered && <Reactions handle={props.handle} message={message} actions={actions} />}
        {item.status === 'failed' && (
          <FailedNote item={item} onRetry={actions.retry} onDiscard={actions.discard} />
        )}
      </div>
    </article>
  )
})

function SenderFace({ userId }: { userId: string }) {
  const user = useUser(userId)
  return <Avatar size="small" seed={userId} name={user?.name ?? ''} />
}

function SenderName({ userId }: { userId: string }) {
  const user = useUser(userId)
  return (
    <h3 className="mb-0.5 px-1 font-semibold text-ink-soft text-small">
      <bdi>{user?.name ?? '…'}</bdi>
    </h3>
  )
}
