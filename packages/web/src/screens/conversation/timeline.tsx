import type { ConversationHandle } from '@confab/client/chat'
import type { TimelineItem } from '@confab/client/timeline'
import type { Conversation } from '@confab/protocol/conversation'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer } from 'virtua'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import type { Delivery } from './delivery-mark.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import { MessageRow } from './message-row.tsx'
import { type Progress, progressOf } from './progress.ts'
import { Beginning, DaySeparator, UnreadDivider } from './separators.tsx'
import { TimelineFace } from './timeline-face.tsx'
import { type Row, rowsOf, senderOf } from './timeline-rows.ts'
import { useEarlierPages } from './use-earlier-pages.ts'
import { useLookedAt } from './use-looked-at.ts'
import { useStickToEnd } from './use-stick-to-end.ts'
import { useUnreadAfter } from './use-unread-after.ts'

/**
 * The history, of which only what is near the view is in the page. It opens where the unread begins, else
 * at its end; sticks to the end while the reader is there; keeps the reader's place while earlier pages
 * come in above.
 */
export function Timeline({ handle, info }: { handle: ConversationHandle; info: Conversation }) {
  const me = useMe()
  const timeline = useValue(handle.timeline)
  const members = useValue(handle.members)
  const lookedAt = useLookedAt()
  const scroller = useRef<HTMLElement>(null)
  const [beginAtMark] = useState((info.me?.unread ?? 0) > 0)
  const { atEnd, away, toEnd } = useStickToEnd(scroller, { mark: '[data-unread-divider]', beginAtMark })

  const seenSeq = lastSeq(timeline.items)
  const seeing = atEnd && lookedAt
  const unreadAfter = useUnreadAfter(info, { seeing, items: timeline.items, myId: me?.id })
  const rows = rowsOf(timeline.items, { hasEarlier: timeline.hasEarlier, myId: me?.id, unreadAfter })
  // In the page wherever one reads: it is where reading begins.
  const divider = rows.findIndex((row) => row.kind === 'unread')
  const prepending = usePrepending(rows)
  const progress = progressOf(members, { memberCount: info.memberCount, myId: me?.id })

  const loadEarlier = useCallback(() => {
    const { hasEarlier, state } = handle.timeline.get()
    if (hasEarlier && state === 'ready') void handle.loadEarlier()
  }, [handle])
  useEarlierPages(scroller, loadEarlier)

  // What one writes oneself is shown, wherever one was reading.
  const last = timeline.items.at(-1)
  const lastKey = rows.at(-1)?.key
  const ownPending = last !== undefined && last.status !== 'sent'
  useLayoutEffect(() => {
    if (lastKey !== undefined && ownPending) toEnd()
  }, [lastKey, ownPending, toEnd])

  useEffect(() => {
    if (seeing && seenSeq > 0 && timeline.state === 'ready') handle.read(seenSeq)
  }, [handle, seeing, seenSeq, timeline.state])

  const onRetry = useCallback((clientId: string) => handle.retry(clientId), [handle])
  const onDiscard = useCallback((clientId: string) => handle.discard(clientId), [handle])

  const render = (row: Row) => {
    switch (row.kind) {
      case 'beginning':
        return <Beginning key={row.key} info={info} />
      case 'day':
        return <DaySeparator key={row.key} at={row.at} />
      case 'unread':
        return <UnreadDivider key={row.key} />
      case 'message': {
        const senderId = senderOf(row.item, me?.id) ?? ''
        return (
          <MessageRow
            key={row.key}
            item={row.item}
            senderId={senderId}
            own={senderId === me?.id}
            named={info.kind !== 'direct'}
            opensGroup={row.opensGroup}
            closesGroup={row.closesGroup}
            delivery={deliveryOf(row.item, progress)}
            onRetry={onRetry}
            onDiscard={onDiscard}
          />
        )
      }
    }
  }

  return (
    <div className="relative flex min-h-0 grow flex-col">
      <TimelineFace timeline={timeline} onRetry={() => void handle.loadEarlier()} />
      <section
        ref={scroller}
        aria-label="Messages"
        // A scrolling region is reached by Tab, for the arrow and page keys.
        tabIndex={0}
        data-timeline
        className="flex min-h-0 grow flex-col overflow-y-auto overscroll-contain pb-1 [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div className="grow" />
        <Virtualizer
          data={rows}
          shift={prepending}
          bufferSize={600}
          keepMounted={divider < 0 ? none : [divider]}
        >
          {render}
        </Virtualizer>
      </section>
      {away && <JumpToLatest unread={info.me?.unread ?? 0} onJump={toEnd} />}
    </div>
  )
}

const none: readonly number[] = []

function lastSeq(items: readonly TimelineItem[]): number {
  const last = items.findLast((item) => item.status === 'sent')
  return last?.status === 'sent' ? last.message.seq : 0
}

function deliveryOf(item: TimelineItem, { readSeq, deliveredSeq }: Progress): Delivery {
  if (item.status !== 'sent') return item.status
  if (item.message.seq <= readSeq) return 'read'
  return item.message.seq <= deliveredSeq ? 'delivered' : 'sent'
}

/** True in the one render in which rows came in at the start. */
function usePrepending(rows: readonly Row[]): boolean {
  const earliest = rows.find((row) => row.kind === 'message')?.key
  const before = useRef<string>(undefined)
  const prepending =
    before.current !== undefined &&
    before.current !== earliest &&
    rows.some((row) => row.key === before.current)
  useLayoutEffect(() => {
    before.current = earliest
  })
  return prepending
}
