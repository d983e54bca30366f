import { findCursorsBack } from './find-cursors-back.ts'
import { findDisagreements } from './find-disagreements.ts'
import { findDoubled } from './find-doubled.ts'
import { findErasedShown } from './find-erased-shown.ts'
import { findLeaks } from './find-leaks.ts'
import { findLost } from './find-lost.ts'
import { findOutOfOrder } from './find-out-of-order.ts'
import { findShownWrong } from './find-shown-wrong.ts'
import { findTimeBack } from './find-time-back.ts'
import type { Finding } from './finding.ts'
import type { History } from './history.ts'
import { recordsOf, type View, viewOf } from './view.ts'

/**
 * Judges by the histories alone whether the server kept its promises (docs/spec/chaos.md): no finding
 * means that nothing acknowledged was lost, doubled, reordered or shown to whom it doesn't concern.
 */
export function check(histories: readonly History[]): Finding[] {
  const view = viewOf(histories)
  return [
    findUnchecked,
    findLost,
    findDoubled,
    findOutOfOrder,
    findDisagreements,
    findLeaks,
    findCursorsBack,
    findTimeBack,
    findErasedShown,
    findShownWrong,
  ].flatMap((find) => [...find(view)])
}

/** What no final fetch covers was not checked, and must not pass for whole. */
function* findUnchecked(view: View): Generator<Finding> {
  if (view.logs.size === 0)
    yield { kind: 'unchecked', conversation: '', detail: 'nothing was fetched at the end' }
  const told = new Set<string>()
  for (const { conversation, client } of recordsOf(view, 'send', 'event', 'act', 'wrote')) {
    if (view.logs.has(conversation) || told.has(conversation)) continue
    told.add(conversation)
    yield { kind: 'unchecked', conversation, client, detail: 'its log was not fetched at the end' }
  }
}
