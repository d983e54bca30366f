import type { TimelineItem } from '@confab/client/timeline'
import { memo } from 'react'
import { clockTime, exactTime } from '../../state/times.ts'
import { useUser } from '../../state/use-people.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { type Delivery, DeliveryMark } from './delivery-mark.tsx'
import { FailedNote } from './failed-note.tsx'
import { MessageText } from './message-text.tsx'
import { createdAt } from './timeline-rows.ts'

interface MessageRowProps {
  item: TimelineItem
  senderId: string
  own: boolean
  /** In a group or channel others have a face and a name. */
  named: boolean
  opensGroup: boolean
  closesGroup: boolean
  delivery: Delivery
  onRetry: (clientId: string) => void
  onDiscard: (clientId: string) => void
}

export const MessageRow = memo((props: MessageRowProps) => {
  const { item, own, named, opensGroup, closesGroup } = props
  return (
    <article
      aria-label={own ? 'Your message' : undefined}
      className={`mx-auto flex w-full max-w-5xl gap-2.5 px-4 sm:px-6 ${opensGroup ? 'pt-2.5' : 'pt-0.5'} ${own ? 'justify-end ps-12 sm:ps-20' : 'pe-10 sm:pe-20'}`}
    >
      {named && !own && (
        <span className="w-9 shrink-0 self-end">{closesGroup && <SenderFace userId={props.senderId} />}</span>
      )}
      <div className={`flex min-w-0 max-w-[44rem] flex-col ${own ? 'items-end' : 'items-start'}`}>
        {named && !own && opensGroup && <SenderName userId={props.senderId} />}
        <Bubble {...props} />
        {item.status === 'failed' && (
          <FailedNote item={item} onRetry={props.onRetry} onDiscard={props.onDiscard} />
        )}
      </div>
    </article>
  )
})

function Bubble({ item, own, opensGroup, delivery }: MessageRowProps) {
  const at = createdAt(item)
  const deleted = item.status === 'sent' && item.message.deletedAt !== null
  const corners = own
    ? `${opensGroup ? '' : 'rounded-se-small'} rounded-ee-small`
    : `${opensGroup ? '' : 'rounded-ss-small'} rounded-es-small`
  return (
    <div
      data-message={item.status}
      className={`flex min-w-0 max-w-full flex-wrap items-end justify-end gap-x-3 rounded-bubble px-3.5 py-2 ${corners} ${
        own ? 'bg-own text-on-own' : 'border border-line bg-raised text-ink'
      } ${item.status === 'failed' ? 'ring-1 ring-danger/60' : ''} ${item.status === 'sending' ? 'opacity-80' : ''}`}
    >
      {deleted ? (
        <p className={`grow italic ${own ? 'text-own-soft' : 'text-ink-faint'}`}>This message was deleted</p>
      ) : (
        <MessageText text={textOf(item)} />
      )}
      <p
        className={`flex shrink-0 items-center gap-1 text-micro tabular-nums ${own ? 'text-own-soft' : 'text-ink-faint'}`}
      >
        {item.status === 'sent' && item.message.editedAt && !deleted && <span>edited</span>}
        <time dateTime={at} title={exactTime(at)}>
          {clockTime(at)}
        </time>
        {own && <DeliveryMark delivery={delivery} />}
      </p>
    </div>
  )
}

const textOf = (item: TimelineItem): string => (item.status === 'sent' ? item.message.text : item.text)

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
