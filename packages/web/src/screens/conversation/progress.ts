import type { Member } from '@confab/protocol/conversation'

/** How far all the others have come: their lowest cursors. */
export interface Progress {
  readSeq: number
  deliveredSeq: number
}

/**
 * Nothing is claimed of people who aren't known: with more members than are shown, or above the size
 * where cursors are told, a message only counts as sent.
 */
export function progressOf(
  members: readonly Member[],
  { memberCount, myId }: { memberCount: number; myId: string | undefined },
): Progress {
  const others = members.filter(({ user }) => user.id !== myId)
  if (others.length === 0 || members.length < memberCount) return { readSeq: 0, deliveredSeq: 0 }
  return {
    readSeq: Math.min(...others.map(({ readSeq }) => readSeq ?? 0)),
    // What is read was delivered, whether or not the device said so.
    deliveredSeq: Math.min(...others.map((one) => Math.max(one.deliveredSeq ?? 0, one.readSeq ?? 0))),
  }
}
