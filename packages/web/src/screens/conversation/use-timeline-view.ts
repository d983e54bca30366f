import type { ConversationHandle } from '@confab/client/chat'
import type { TimelineWindow } from '@confab/client/timeline'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useChat } from '../../state/chat-context.ts'
import type { Jump } from './use-jump.ts'

/** What the list shows of a conversation: its end, or a window on an old part. */
export interface TimelineView {
  /** Another one is another list. */
  key: number
  source: Pick<TimelineWindow, 'timeline' | 'loadEarlier' | 'loadLater'>
  /** Where reading begins: at the unread divider, at the end, or where a jump leads. */
  begin: 'mark' | 'end' | 'jump'
  /** Where to go, each time that it is another object. */
  jump: Jump | undefined
}

interface TimelineViewing {
  view: TimelineView
  jumpTo: (seq: number) => void
  toLatest: () => void
}

/** With more unread than this, one begins in a window on where it begins: paging back to it would be long. */
const pagedUnreadMax = 100

/** Shows an old message in a window on what is around it, unless it is held already. */
export function useTimelineView(handle: ConversationHandle): TimelineViewing {
  const chat = useChat()
  const window = useRef<TimelineWindow>(undefined)
  const [view, setView] = useState<TimelineView>(() => {
    const me = handle.info.get()?.me
    const far = (me?.unread ?? 0) > pagedUnreadMax && chat.status.get().status === 'online'
    if (far) window.current = handle.around(Math.max(1, me?.readSeq ?? 1))
    return { key: 0, source: window.current ?? endOf(handle), begin: 'mark', jump: undefined }
  })
  const shown = useRef(view)
  const show = useCallback((next: TimelineView) => {
    shown.current = next
    setView(next)
  }, [])
  const leaveWindow = useCallback(() => {
    window.current?.close()
    window.current = undefined
  }, [])
  useEffect(() => leaveWindow, [leaveWindow])

  const jumpTo = useCallback(
    (seq: number) => {
      const { key, source } = shown.current
      const jump = { seq }
      const isHeld = source.timeline
        .get()
        .items.some((item) => item.status === 'sent' && item.message.seq === seq)
      if (isHeld) return show({ ...shown.current, jump })
      leaveWindow()
      window.current = handle.around(seq)
      show({ key: key + 1, source: window.current, begin: 'jump', jump })
    },
    [handle, leaveWindow, show],
  )
  const toLatest = useCallback(() => {
    leaveWindow()
    show({ key: shown.current.key + 1, source: endOf(handle), begin: 'end', jump: undefined })
  }, [handle, leaveWindow, show])
  return { view, jumpTo, toLatest }
}

const endOf = (handle: ConversationHandle): TimelineView['source'] => ({
  timeline: handle.timeline,
  loadEarlier: () => handle.loadEarlier(),
  loadLater: () => Promise.resolve(),
})
