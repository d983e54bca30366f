import type { Timeline } from '@confab/client/timeline'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { showToast } from '../../state/toasts.ts'
import { focusRow } from './focus-row.ts'
import type { Row } from './timeline-rows.ts'

export interface Jump {
  seq: number
}

interface JumpOptions {
  timeline: Timeline
  rows: readonly Row[]
  virtualizer: RefObject<VirtualizerHandle | null>
  /** The list isn't held at its end any more. */
  release: () => void
}

/** So long a message that was found stands out. */
const foundMs = 2_000

/**
 * Goes to a message as soon as it is held, and gives it the focus. Answers the seq of the message that is
 * sought, or was found a moment ago.
 */
export function useJump(
  jump: Jump | undefined,
  { timeline, rows, virtualizer, release }: JumpOptions,
): number | undefined {
  const [found, setFound] = useState<Jump>()
  const done = useRef<Jump>(undefined)
  const index = jump ? rows.findIndex((row) => isRow(row, jump.seq)) : -1
  useLayoutEffect(() => {
    if (!jump || index < 0 || done.current === jump) return
    done.current = jump
    setFound(jump)
    release()
    virtualizer.current?.scrollToIndex(index, { align: 'center' })
    focusRow(jump.seq)
  }, [jump, index, virtualizer, release])

  const { state, items } = timeline
  const isMissing = index < 0 && (state === 'failed' || (state === 'ready' && items.length > 0))
  useEffect(() => {
    if (!jump || !isMissing || done.current === jump) return
    done.current = jump
    showToast('That message can’t be reached from here.')
  }, [jump, isMissing])

  useEffect(() => {
    if (!found) return
    const timer = setTimeout(() => setFound(undefined), foundMs)
    return () => clearTimeout(timer)
  }, [found])
  return jump && done.current !== jump ? jump.seq : found?.seq
}

const isRow = (row: Row, seq: number): boolean =>
  row.kind === 'message' && row.item.status === 'sent' && row.item.message.seq === seq
