import type { ConversationHandle } from '@confab/client/chat'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { showToast } from '../../state/toasts.ts'
import { rowOf } from './message-actions.ts'
import type { Row } from './timeline-rows.ts'

export interface Jump {
  seq: number
}

interface JumpOptions {
  handle: ConversationHandle
  rows: readonly Row[]
  virtualizer: RefObject<VirtualizerHandle | null>
  /** The list isn't held at its end any more. */
  release: () => void
}

/** As many pages as the SDK keeps of an open conversation. */
const pagesMax = 200
/** So long a message that was found stands out. */
const foundMs = 2_000

/**
 * Goes to a message, loading the history from it on where it isn't held, and gives it the focus. Answers the
 * seq of the message that was found a moment ago.
 */
export function useJump(
  jump: Jump | undefined,
  { handle, rows, virtualizer, release }: JumpOptions,
): number | undefined {
  const [target, setTarget] = useState<Jump>()
  const reached = useRef<Jump>(undefined)

  useEffect(() => {
    if (!jump) return
    let dropped = false
    void loadFrom(handle, jump.seq, () => dropped).then((held) => {
      if (dropped) return
      if (held) setTarget(jump)
      else showToast('That message can’t be reached from here.')
    })
    return () => {
      dropped = true
    }
  }, [handle, jump])

  const index = target ? rows.findIndex((row) => isRow(row, target.seq)) : -1
  useLayoutEffect(() => {
    if (!target || index < 0 || reached.current === target) return
    reached.current = target
    release()
    virtualizer.current?.scrollToIndex(index, { align: 'center' })
    focusRow(target.seq, focusFrames)
  }, [target, index, virtualizer, release])

  useEffect(() => {
    if (!target) return
    const timer = setTimeout(() => setTarget(undefined), foundMs)
    return () => clearTimeout(timer)
  }, [target])
  return target?.seq
}

/** A panel that one comes from keeps the page from the focus for some frames after it has gone out of sight. */
const focusFrames = 30

function focusRow(seq: number, frames: number): void {
  const row = rowOf(seq)
  row?.focus({ preventScroll: true })
  if (frames > 0 && (!row || document.activeElement !== row))
    requestAnimationFrame(() => focusRow(seq, frames - 1))
}

const isRow = (row: Row, seq: number): boolean =>
  row.kind === 'message' && row.item.status === 'sent' && row.item.message.seq === seq

/** Loads earlier pages until the message is held; false when it can't be. */
async function loadFrom(handle: ConversationHandle, seq: number, isDropped: () => boolean): Promise<boolean> {
  for (let pages = 0; pages <= pagesMax && !isDropped(); pages++) {
    const { items, hasEarlier } = handle.timeline.get()
    const first = items.find((item) => item.status === 'sent')
    const firstSeq = first?.status === 'sent' ? first.message.seq : Number.POSITIVE_INFINITY
    if (firstSeq <= seq) return items.some((item) => item.status === 'sent' && item.message.seq === seq)
    if (!hasEarlier) return false
    await handle.loadEarlier()
    if (handle.timeline.get().state === 'failed') return false
  }
  return false
}
