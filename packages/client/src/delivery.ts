import type { Conversation, Member } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'

/**
 * `sent`: the server has stored it. `delivered`: a device of each of the others has it. `read`: each of
 * the others has read it.
 */
export type Delivery = 'sent' | 'delivered' | 'read'

interface Progress {
  readonly readSeq: number
  readonly deliveredSeq: number
}

/**
 * How far a message has come with all members but its sender. Nothing is claimed of people who aren't
 * known: with more members than are shown, or above the size where cursors are told, it is only `sent`.
 */
export function deliveryOf(
  { seq, senderId }: Pick<Message, 'seq' | 'senderId'>,
  { members, memberCount }: Pick<Conversation, 'members' | 'memberCount'>,
): Delivery {
  if (members.length < memberCount) return 'sent'
  const { readSeq, deliveredSeq } = progressOf(members, senderId)
  return readSeq >= seq ? 'read' : deliveredSeq >= seq ? 'delivered' : 'sent'
}

/** For the last sender asked about: a timeline asks for each message of one's own. */
const progresses = new WeakMap<readonly Member[], { senderId: string; progress: Progress }>()

function progressOf(members: readonly Member[], senderId: string): Progress {
  const known = progresses.get(members)
  if (known?.senderId === senderId) return known.progress
  const others = members.filter(({ user }) => user.id !== senderId)
  const progress = {
    readSeq: least(others.map(({ readSeq }) => readSeq ?? 0)),
    // What is read was delivered, whether or not the device said so.
    deliveredSeq: least(others.map((one) => Math.max(one.deliveredSeq ?? 0, one.readSeq ?? 0))),
  }
  progresses.set(members, { senderId, progress })
  return progress
}

const least = (cursors: readonly number[]) => (cursors.length === 0 ? 0 : Math.min(...cursors))
