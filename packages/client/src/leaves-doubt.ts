import type { Conversation } from '@confab/protocol/conversation'
import { mentions } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import { conversationMembersShown } from '@confab/protocol/limits'
import type { Folding } from './local-conversation.ts'

/**
 * Whether an event doesn't say all that changed: who the person is that joined, who is shown in the place
 * of one that left, what one's own membership is when one comes back, whom a text that is gone mentioned.
 *
 * An event that was read late had the message's content as it was then already. Folded in order that comes
 * right in the end; `again`, onto a count of before it, nobody knows whom the message had mentioned there.
 */
export function leavesDoubt(
  after: Conversation,
  { event, target }: Folding,
  viewer: UserId,
  { again = false }: { again?: boolean } = {},
): boolean {
  const { me } = after
  switch (event.type) {
    case 'member.joined':
      return event.data.userId === viewer ? me === null : isShort(after)
    case 'member.left':
      return me !== null && isShort(after)
    case 'message.edited':
      // A page may have brought the message as it was left by this edit, or by a later one.
      return (
        me !== null &&
        (me.mentions > 0 || mentions(event.data, viewer)) &&
        event.data.target > me.readSeq &&
        (again || !target || target.updatedSeq >= event.seq)
      )
    case 'message.deleted':
      return (
        me !== null &&
        me.mentions > 0 &&
        event.data.target > me.readSeq &&
        (again || !target || target.deletedAt !== null)
      )
    default:
      return false
  }
}

/** Somebody who should be shown isn't. */
export const isShort = ({ members, memberCount }: Conversation) =>
  members.length < Math.min(memberCount, conversationMembersShown)
