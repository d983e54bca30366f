import type { ConversationHandle } from '@confab/client/chat'
import type { TimelineItem, Timeline as TimelineValue } from '@confab/client/timeline'
import type { Conversation } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'
import { mayIn } from '@confab/protocol/permissions'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import type { Delivery } from './delivery-mark.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import type { RowActions } from './message-actions.ts'
import { MessageRow } from './message-row.tsx'
import { Beginning, DaySeparator, UnreadDivider } from './separators.tsx'
import { TimelineFace } from './timeline-face.tsx'
import { type Row, rowsOf, senderOf } from './timeline-rows.ts'
import { useJump } from './use-jump.ts'
import { useLookedAt } from './use-looked-at.ts'
import { useMessageKeys } from './use-message-keys.ts'
import { useMorePages } from './use-more-pages.ts'
import { useStickToEnd } from './use-stick-to-end.ts'
import type { TimelineView } from './use-timeline-view.ts'
import { useUnreadAfter } from './use-unread-after.ts'

interface TimelineProps {
  handle: ConversationHandle
  info: Conversation
  actions: RowActions
  view: TimelineView
  /** To the conversation's end, out of a window on an old part. */
  onLatest: () => void
}

/**
 * The history, of which only what is near the view is in the page. It opens where the unread begins, else
 * at its end; sticks to the end while the reader is there; keeps the reader's place while earlier pages
 * come in above.
 */
export function Timeline({ handle, info, actions, view, onLatest }: TimelineProps) {
  const me = useMe()
  const { source, begin, jump } = view
  const timeline = useValue(source.timeline)
  const { hasLater } = timeline
  // How far one's messages have come changes with the members' cursors.
  useValue(handle.members)
  const lookedAt = useLookedAt()
  const scroller = useRef<HTMLElement>(null)
  const virtualizer = useRef<VirtualizerHandle>(null)
  const [focusedSeq, setFocusedSeq] = useState<number>()
  const [beginAtMark] = useState(begin === 'mark' && (info.me?.unread ?? 0) > 0)
  const finding = beginAtMark && isBelow(timeline, info.me?.readSeq ?? 0)
  const { atEnd, away, toEnd, release, byReader } = useStickToEnd(scroller, {
    mark: '[data-unread-divider]',
    begin: begin === 'jump' ? 'free' : beginAtMark ? 'mark' : 'end',
    finding,
    endsLater: hasLater,
  })

  const seenSeq = lastSeq(timeline.items)
  const seeing = atEnd && lookedAt && !hasLater
  const unreadAfter = useUnreadAfter(info, { seeing, items: timeline.items, myId: me?.id })
  const rows = rowsOf(timeline.items, { hasEarlier: timeline.hasEarlier, myId: me?.id, unreadAfter })
  // In the page wherever one reads: it is where reading begins.
  const divider = rows.findIndex((row) => row.kind === 'unread')
  const prepending = usePrepending(rows)
  const foundSeq = useJump(jump, { timeline, rows, virtualizer, release })
  const { aimedSeq, onKeyDown, onFocusMoved } = useMessageKeys(scroller, {
    timeline,
    openMenu(seq) {
      const message = messageOf(timeline.items, seq)
      if (message?.deletedAt === null) actions.ask('menu', message)
    },
    onMove: byReader,
  })
  const kept = keptRows(rows, divider, [focusedSeq, aimedSeq, foundSeq])
  const moveFocus = (to: EventTarget | null) => {
    const seq = to instanceof Element ? seqAt(to) : undefined
    setFocusedSeq(seq)
    onFocusMoved(seq)
  }

  // Too far up: one begins in the middle of what is unread, and what is above it loads as one scrolls.
  const tooFar = finding && timeline.items.length >= findingMax
  useEffect(() => {
    if (tooFar) release()
  }, [tooFar, release])

  const isReady = timeline.state === 'ready'
  const { hasEarlier } = timeline
  const loadEarlier = useCallback(() => {
    if (hasEarlier) void source.loadEarlier()
  }, [source, hasEarlier])
  const loadLater = useCallback(() => void source.loadLater(), [source])
  useMorePages(scroller, { isReady, loadEarlier, loadLater: hasLater ? loadLater : undefined })

  // What one writes oneself is shown, wherever one was reading.
  const last = timeline.items.at(-1)
  const lastKey = rows.at(-1)?.key
  const ownPending = last !== undefined && last.status !== 'sent'
  useLayoutEffect(() => {
    if (lastKey === undefined || !ownPending) return
    if (hasLater) onLatest()
    else toEnd()
  }, [lastKey, ownPending, hasLater, toEnd, onLatest])

  useEffect(() => {
    if (seeing && seenSeq > 0 && timeline.state === 'ready') handle.read(seenSeq)
  }, [handle, seeing, seenSeq, timeline.state])

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
            handle={handle}
            item={row.item}
            senderId={senderId}
            own={senderId === me?.id}
            named={info.kind !== 'direct'}
            opensGroup={row.opensGroup}
            closesGroup={row.closesGroup}
            answerable={mayIn('message.send', info)}
            delivery={deliveryOf(row.item, handle)}
            found={foundSeq !== undefined && seqOf(row.item) === foundSeq}
            actions={actions}
          />
        )
      }
    }
  }

  return (
    <div className="relative flex min-h-0 grow flex-col">
      <TimelineFace timeline={timeline} onRetry={() => void source.loadEarlier()} />
      <section
        ref={scroller}
        aria-label="Messages"
        // A scrolling region is reached by Tab, for the arrow and page keys.
        tabIndex={0}
        data-timeline
        onKeyDown={onKeyDown}
        // What has the focus stays in the page, however far one scrolls.
        onFocus={({ target }) => moveFocus(target)}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) moveFocus(null)
        }}
        className="flex min-h-0 grow flex-col overflow-y-auto overscroll-contain pb-1 [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div className="grow" />
        <Virtualizer ref={virtualizer} data={rows} shift={prepending} bufferSize={600} keepMounted={kept}>
          {render}
        </Virtualizer>
      </section>
      {(away || hasLater) && (
        <JumpToLatest unread={info.me?.unread ?? 0} onJump={hasLater ? onLatest : toEnd} />
      )}
    </div>
  )
}

/** Where the unread begins is looked for among so many messages. */
const findingMax = 1_000

/** All that is loaded lies after `seq`, and there is more before it. */
function isBelow({ items, hasEarlier }: TimelineValue, seq: number): boolean {
  const first = items.find((item) => item.status === 'sent')
  return hasEarlier && (first === undefined || (first.status === 'sent' && first.message.seq > seq))
}

function lastSeq(items: readonly TimelineItem[]): number {
  const last = items.findLast((item) => item.status === 'sent')
  return last?.status === 'sent' ? last.message.seq : 0
}

const seqOf = (item: TimelineItem): number | undefined =>
  item.status === 'sent' ? item.message.seq : undefined

function messageOf(items: readonly TimelineItem[], seq: number): Message | undefined {
  const found = items.find((item) => seqOf(item) === seq)
  return found?.status === 'sent' ? found.message : undefined
}

function seqAt(element: Element): number | undefined {
  const row = element.closest<HTMLElement>('article[data-seq]')
  return row ? Number(row.dataset.seq) : undefined
}

const none: readonly number[] = []

function keptRows(
  rows: readonly Row[],
  divider: number,
  seqs: readonly (number | undefined)[],
): readonly number[] {
  const wanted = new Set(seqs.filter((seq) => seq !== undefined))
  if (wanted.size === 0 && divider < 0) return none
  const kept = divider < 0 ? [] : [divider]
  if (wanted.size === 0) return kept
  rows.forEach((row, index) => {
    if (row.kind === 'message' && wanted.has(seqOf(row.item) ?? -1)) kept.push(index)
  })
  return kept
}

const deliveryOf = (item: TimelineItem, handle: ConversationHandle): Delivery =>
  item.status === 'sent' ? handle.deliveryOf(item.message) : item.status

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
