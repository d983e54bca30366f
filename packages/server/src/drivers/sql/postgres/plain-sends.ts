import type { ConversationId } from '@confab/protocol/ids'
import type { CreateMessage, Write } from '../../../ports/writes.ts'

/** What decides in other conversations too who may send: its place among the sends is kept. */
const reachesFurther: ReadonlySet<Write['write']> = new Set([
  'suspension.change',
  'block.change',
  'user.erase',
])

/**
 * The sends that may be stored together, in their order: those that name nobody and forward nothing, of conversations
 * in which the batch does nothing else. Then it is the same whether they come before the others or after.
 */
export function plainSends(writes: readonly Write[]): ReadonlySet<Write> {
  if (writes.some(({ write }) => reachesFurther.has(write))) return new Set()
  const others = new Set<ConversationId>()
  const keys = new Set<string>()
  for (const write of writes) {
    if (write.write === 'message.create') {
      const key = write.sendKey.toHex()
      if (!isPlain(write) || keys.has(key)) others.add(write.conversationId)
      keys.add(key)
    } else if ('conversationId' in write) others.add(write.conversationId)
  }
  return new Set(
    writes.filter((write) => write.write === 'message.create' && !others.has(write.conversationId)),
  )
}

const isPlain = ({ mentioned, forwardedFrom }: CreateMessage): boolean =>
  !mentioned?.all && !mentioned?.handles.length && !forwardedFrom
