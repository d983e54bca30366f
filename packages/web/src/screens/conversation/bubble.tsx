import type { ConversationHandle } from '@confab/client/chat'
import type { TimelineItem } from '@confab/client/timeline'
import { clockTime, exactTime } from '../../state/times.ts'
import { Icon } from '../../ui/icon.tsx'
import { type Delivery, DeliveryMark } from './delivery-mark.tsx'
import type { RowActions } from './message-actions.ts'
import { MessageText } from './message-text.tsx'
import { AuthorName, Quote } from './quote.tsx'
import { createdAt } from './timeline-rows.ts'

export interface BubbleProps {
  handle: ConversationHandle
  item: TimelineItem
  own: boolean
  opensGroup: boolean
  delivery: Delivery
  actions: RowActions
}

/** What a message says, and the marks of what became of it. */
export function Bubble({ handle, item, own, opensGroup, delivery, actions }: BubbleProps) {
  const at = createdAt(item)
  const { text, mentions, replyToSeq, forwardedFrom, important, pinned, edited, deleted } = shownOf(item)
  const soft = own ? 'text-own-soft' : 'text-ink-faint'
  const corners = own
    ? `${opensGroup ? '' : 'rounded-se-small'} rounded-ee-small`
    : `${opensGroup ? '' : 'rounded-ss-small'} rounded-es-small`
  return (
    <div
      data-message={item.status}
      className={`flex min-w-0 max-w-full flex-wrap items-end justify-end gap-x-3 rounded-bubble px-3.5 py-2 group-focus-visible/message:outline-2 group-focus-visible/message:outline-focus group-focus-visible/message:outline-offset-2 ${corners} ${
        own ? 'bg-own text-on-own' : 'border border-line bg-raised text-ink'
      } ${item.status === 'failed' ? 'ring-1 ring-danger/60' : ''} ${item.status === 'sending' ? 'opacity-80' : ''}`}
    >
      {important && (
        <p
          className="flex basis-full items-center gap-1.5 font-semibold text-danger text-small"
          data-important
        >
          <Icon name="important" className="size-4" />
          Important
        </p>
      )}
      {forwardedFrom && (
        <p
          data-forwarded
          title={exactTime(forwardedFrom.createdAt)}
          className={`flex min-w-0 basis-full items-center gap-1.5 text-small ${soft}`}
        >
          <Icon name="forward" className="size-4" />
          <span className="min-w-0 truncate">
            Forwarded from{' '}
            <bdi className="font-semibold">
              <AuthorName userId={forwardedFrom.senderId} />
            </bdi>
          </span>
        </p>
      )}
      {replyToSeq !== undefined && (
        <Quote handle={handle} seq={replyToSeq} own={own} onJump={actions.jumpTo} />
      )}
      {deleted ? (
        <p className={`grow italic ${soft}`}>This message was deleted</p>
      ) : (
        <MessageText text={text} {...(mentions && { mentions })} />
      )}
      <p className={`flex shrink-0 items-center gap-1 text-micro tabular-nums ${soft}`}>
        {pinned && (
          <span role="img" aria-label="Pinned" title="Pinned">
            <Icon name="pin" className="size-3.5" />
          </span>
        )}
        {edited && <span title={exactTime(edited)}>edited</span>}
        <time dateTime={at} title={exactTime(at)}>
          {clockTime(at)}
        </time>
        {own && <DeliveryMark delivery={delivery} />}
      </p>
    </div>
  )
}

/** What there is to show of a message, stored or still on its way. */
function shownOf(item: TimelineItem) {
  if (item.status !== 'sent') {
    const { text, replyToSeq, forwardedFrom, priority } = item
    return { text, replyToSeq, forwardedFrom, important: priority === 'high' }
  }
  const { text, mentions, replyTo, forwardedFrom, priority, pinned, editedAt, deletedAt } = item.message
  const deleted = deletedAt !== null
  return {
    text,
    mentions,
    replyToSeq: replyTo?.seq,
    forwardedFrom,
    deleted,
    important: priority === 'high' && !deleted,
    pinned: pinned && !deleted,
    edited: deleted ? null : editedAt,
  }
}
