import type { ConversationHandle } from '@confab/client/chat'
import type { TimelineItem } from '@confab/client/timeline'
import type { Conversation } from '@confab/protocol/conversation'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import type { Delivery } from './delivery-mark.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import { MessageRow } from './message-row.tsx'
import { type Progress, progressOf } from './progress.ts'
import { Beginning, DaySeparator, UnreadDivider } from './separators.tsx'
import { TimelineFace } from './timeline-face.tsx'
import { type Row, rowsOf, senderOf } from './timeline-rows.ts'
import { useLookedAt } from './use-looked-at.ts'
import { useUnreadAfter } from './use-unread-after.ts'

/** Nearer to the end than this counts as being at the end. */
const endPx = 48
/** Nearer to the start than this loads the page before: about two screens ahead of the reader. */
const earlierPx = 1_200

/**
 * The history, of which only what is near the view is in the page. It sticks to its end while the reader
 * is there, and keeps the reader's place while earlier pages come in above.
 */
export function Timeline({ handle, info }: { handle: ConversationHandle; info: Conversation }) {
  const me = useMe()
  const timeline = useValue(handle.timeline)
  const members = useValue(handle.members)
  const lookedAt = useLookedAt()
  const [atEnd, setAtEnd] = useState(true)
  const list = useRef<VirtualizerHandle>(null)
  const sticking = useRef(true)

  const seenSeq = lastSeq(timeline.items)
  const seeing = atEnd && lookedAt
  const unreadAfter = useUnreadAfter(info, { seeing, items: timeline.items, myId: me?.id })
  const rows = rowsOf(timeline.items, { hasEarlier: timeline.hasEarlier, myId: me?.id, unreadAfter })
  const prepending = usePrepending(rows)
  const progress = progressOf(members, { memberCount: info.memberCount, myId: me?.id })

  const toEnd = useCallback(() => {
    sticking.current = true
    list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' })
  }, [])

  // A new last row: follow it if the reader is at the end, or wrote it.
  const last = timeline.items.at(-1)
  const lastKey = rows.at(-1)?.key
  const ownPending = last !== undefined && last.status !== 'sent'
  useLayoutEffect(() => {
    if (lastKey !== undefined && (sticking.current || ownPending)) toEnd()
  }, [lastKey, ownPending, toEnd])

  useEffect(() => {
    if (seeing && seenSeq > 0 && timeline.state === 'ready') handle.read(seenSeq)
  }, [handle, seeing, seenSeq, timeline.state])

  const onScroll = (offset: number) => {
    const { scrollSize = 0, viewportSize = 0 } = list.current ?? {}
    const near = scrollSize - viewportSize - offset < endPx
    sticking.current = near
    setAtEnd(near)
    if (offset < earlierPx && timeline.hasEarlier && timeline.state === 'ready') void handle.loadEarlier()
  }
  // A first page lower than the view can't be scrolled: it asks for the next by itself.
  const onResize = () => {
    if (sticking.current) toEnd()
    const { scrollSize = 0, viewportSize = 0 } = list.current ?? {}
    if (scrollSize <= viewportSize && timeline.hasEarlier && timeline.state === 'ready')
      void handle.loadEarlier()
  }

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
        aria-label="Messages"
        // A scrolling region is reached by Tab, for the arrow and page keys.
        tabIndex={0}
        data-timeline
        className="flex min-h-0 grow flex-col overflow-y-auto overscroll-contain pb-1 [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div className="grow" />
        <Virtualizer
          ref={list}
          data={rows}
          shift={prepending}
          bufferSize={600}
          onScroll={onScroll}
          onResize={onResize}
        >
          {render}
        </Virtualizer>
      </section>
      {!atEnd && <JumpToLatest unread={info.me?.unread ?? 0} onJump={toEnd} />}
    </div>
  )
}

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
