import type { UserId } from '@confab/protocol/ids'

/** Knows who moved while a question was under way; what else moved is not kept. */
export interface Meanwhile {
  note(userIds: Iterable<UserId>): void
  /** From now on, until disposed of. */
  begin(): Disposable & { moved(userIds: readonly UserId[]): UserId[] }
}

export function openMeanwhile(): Meanwhile {
  const movedAt = new Map<UserId, number>()
  let notes = 0
  let underWay = 0

  return {
    note(userIds) {
      if (underWay === 0) return
      notes++
      for (const userId of userIds) movedAt.set(userId, notes)
    },
    begin() {
      const since = notes
      underWay++
      return {
        moved: (userIds) => userIds.filter((userId) => (movedAt.get(userId) ?? 0) > since),
        [Symbol.dispose]() {
          underWay--
          if (underWay === 0) movedAt.clear()
        },
      }
    },
  }
}
