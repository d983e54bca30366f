import type { Timeline } from '@confab/client/timeline'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { focusRow } from './focus-row.ts'
import { focusComposer } from './message-actions.ts'

interface MessageKeysOptions {
  timeline: Timeline
  openMenu: (seq: number) => void
  /** Called before the list is scrolled to a message: it is the reader who moves. */
  onMove: () => void
}

interface MessageKeys {
  /** Has the focus in a moment: its row must be in the page. */
  aimedSeq: number | undefined
  onKeyDown: (event: KeyboardEvent) => void
  /** The focus has come to this message, or to something else (undefined). */
  onFocusMoved: (seq: number | undefined) => void
}

/**
 * Where the keys that were pressed lead: so many steps on from a message; undefined while there is none
 * to begin at. What can't be gone yet, since it isn't loaded or drawn, is gone once it is.
 */
interface Way {
  from: number | undefined
  steps: number
}

/** More presses than this are not remembered past what is loaded. */
const owedStepsMax = 50

/**
 * The keyboard's way among messages: the arrow keys move the focus from one to the next, Enter or the menu
 * key opens what can be done, Escape (and Down from the last) goes back to the composer. From the list
 * itself the first step is to the last message in view.
 */
export function useMessageKeys(
  scroller: RefObject<HTMLElement | null>,
  { timeline, openMenu, onMove }: MessageKeysOptions,
): MessageKeys {
  const way = useRef<Way>(undefined)
  const [aimedSeq, setAimedSeq] = useState<number>()
  const leave = () => {
    way.current = undefined
    setAimedSeq(undefined)
  }

  const go = (list: HTMLElement, going: Way) => {
    const seqs = timeline.items.flatMap((item) => (item.status === 'sent' ? [item.message.seq] : []))
    going.from ??= lastInView(list) ?? seqs.at(-1)
    if (going.from === undefined) return
    const to = destination(timeline, seqs, { from: going.from, steps: going.steps })
    if (to === undefined || to === 'beyond') {
      leave()
      if (to === 'beyond') focusComposer()
      return
    }
    going.from = to.seq
    going.steps = to.owed
    setAimedSeq(to.seq)
    focusRow(to.seq, {
      isWanted: () => way.current === going && going.from === to.seq,
      onFocused(row) {
        onMove()
        row.scrollIntoView({ block: 'nearest' })
      },
    })
  }
  const walked = useRef(timeline)
  useEffect(() => {
    if (walked.current === timeline) return
    walked.current = timeline
    // More is loaded: on to what is owed.
    const going = way.current
    if (scroller.current && going && isOwed(going)) go(scroller.current, going)
  })

  const onKeyDown = (event: KeyboardEvent) => {
    const list = scroller.current
    if (!list || !(event.target instanceof HTMLElement)) return
    const focused = event.target.closest<HTMLElement>(messageRow)
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault()
      const step = event.key === 'ArrowUp' ? -1 : 1
      if (way.current) addStep(way.current, step, event.repeat)
      else way.current = focused ? { from: seqOf(focused), steps: step } : { from: undefined, steps: 0 }
      go(list, way.current)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      leave()
      focusComposer()
    } else if (focused && event.target === focused && isMenuKey(event)) {
      event.preventDefault()
      openMenu(seqOf(focused))
    }
  }
  const onFocusMoved = (seq: number | undefined) => {
    const isOnTheWay = seq !== undefined && way.current?.from === seq && way.current.steps !== 0
    if (!isOnTheWay) leave()
  }
  return { aimedSeq, onKeyDown, onFocusMoved }
}

/**
 * The message that so many steps lead to, as far as it is held, and the steps that are owed beyond it.
 * `beyond`: past the conversation's last. Undefined where the way begins nowhere.
 */
function destination(
  { state, hasEarlier, hasLater }: Timeline,
  seqs: readonly number[],
  { from, steps }: { from: number; steps: number },
): { seq: number; owed: number } | 'beyond' | undefined {
  const at = seqs.indexOf(from)
  if (at < 0) return undefined
  const wanted = at + steps
  if (wanted >= seqs.length && !hasLater) return 'beyond'
  const to = Math.max(0, Math.min(wanted, seqs.length - 1))
  const isMoreComing = state !== 'failed' && (wanted < to ? hasEarlier : hasLater)
  return { seq: seqs[to] ?? from, owed: isMoreComing ? wanted - to : 0 }
}

const isOwed = ({ from, steps }: Way): boolean => from === undefined || steps !== 0

/** A key that is held goes on by itself once there is more: only what is pressed anew is owed. */
function addStep(way: Way, step: number, isRepeat: boolean): void {
  if (isOwed(way) && isRepeat) return
  way.steps = Math.max(-owedStepsMax, Math.min(way.steps + step, owedStepsMax))
}

const messageRow = 'article[data-seq]'

const seqOf = (row: HTMLElement): number => Number(row.dataset.seq)

const isMenuKey = ({ key, shiftKey }: KeyboardEvent): boolean =>
  key === 'Enter' || key === 'ContextMenu' || (key === 'F10' && shiftKey)

function lastInView(list: HTMLElement): number | undefined {
  const { bottom } = list.getBoundingClientRect()
  const rows = [...list.querySelectorAll<HTMLElement>(messageRow)]
  const last = rows.findLast((row) => row.getBoundingClientRect().top < bottom - 8)
  return last && seqOf(last)
}
