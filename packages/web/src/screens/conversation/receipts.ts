import type { Member } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'

/** One who has it, and when their cursor came so far or further. */
export interface Receipt {
  user: User
  at: string | null
}

/** The others of a message, each where they are furthest. */
export interface Receipts {
  read: readonly Receipt[]
  delivered: readonly Receipt[]
  waiting: readonly Receipt[]
}

/**
 * How far a message has come with each of the members; undefined where cursors aren't told:
 * above 100 members.
 */
export function receiptsOf(
  { seq, senderId }: Pick<Message, 'seq' | 'senderId'>,
  members: readonly Member[],
): Receipts | undefined {
  const others = members.filter(({ user }) => user.id !== senderId)
  if (others.some(({ readSeq }) => readSeq === null)) return undefined
  const read: Receipt[] = []
  const delivered: Receipt[] = []
  const waiting: Receipt[] = []
  for (const { user, readSeq, readAt, deliveredSeq, deliveredAt } of others) {
    if ((readSeq ?? 0) >= seq) read.push({ user, at: readAt })
    else if ((deliveredSeq ?? 0) >= seq) delivered.push({ user, at: deliveredAt })
    else waiting.push({ user, at: null })
  }
  return { read: latestLast(read), delivered: latestLast(delivered), waiting }
}

const latestLast = (receipts: readonly Receipt[]) =>
  receipts.toSorted((one, other) => (one.at ?? '').localeCompare(other.at ?? ''))
