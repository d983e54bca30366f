import { encodePush } from '@confab/protocol/frames'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { typingMs } from '@confab/protocol/limits'
import type { Clock } from '../../lib/clock.ts'
import type { Bus } from '../../ports/bus.ts'
import { conversationChannel } from '../delivery/channels.ts'

/**
 * Tells a conversation who is typing. It stops by itself after 5 s without another sign; the node that
 * heard of the typing tells that too.
 */
export interface TypingBoard extends Disposable {
  set(conversationId: ConversationId, userId: UserId, typing: boolean): void
}

const sweepEveryMs = 500
/** Who goes on typing is told of again so often, and not at every key, for who has come meanwhile. */
const tellAgainMs = 2_000
/** More people typing at once on one node than this are not told of. */
const typingUsersMax = 50_000

export function openTypingBoard({ bus, clock }: { bus: Bus; clock: Clock }): TypingBoard {
  interface Typing {
    conversationId: ConversationId
    userId: UserId
    until: number
    toldAt: number
  }
  /** In the order of `until`, since each sign is put at the end. */
  const typing = new Map<string, Typing>()
  let cancel: (() => void) | undefined

  function tell(conversationId: ConversationId, userId: UserId, isTyping: boolean) {
    const body = encodePush('typing', { conversationId, userId, typing: isTyping })
    bus.publish([{ channel: conversationChannel(conversationId), seq: 0, body }])
  }

  function sweep() {
    cancel = undefined
    const now = clock.elapsed()
    for (const [key, { conversationId, userId, until }] of typing) {
      if (until > now) break
      typing.delete(key)
      tell(conversationId, userId, false)
    }
    if (typing.size > 0) cancel = clock.after(sweepEveryMs, sweep)
  }

  return {
    set(conversationId, userId, isTyping) {
      const key = `${conversationId}${userId}`
      const was = typing.get(key)
      typing.delete(key)
      if (!isTyping) {
        if (was) tell(conversationId, userId, false)
        return
      }
      if (typing.size >= typingUsersMax) return
      const now = clock.elapsed()
      const isNews = !was || now - was.toldAt >= tellAgainMs
      typing.set(key, { conversationId, userId, until: now + typingMs, toldAt: isNews ? now : was.toldAt })
      cancel ??= clock.after(sweepEveryMs, sweep)
      if (isNews) tell(conversationId, userId, true)
    },
    [Symbol.dispose]() {
      cancel?.()
      typing.clear()
    },
  }
}
