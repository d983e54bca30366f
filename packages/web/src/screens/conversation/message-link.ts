import type { Message } from '@confab/protocol/message'

/** The address of a message: only its conversation's members get anywhere with it. */
export const linkTo = ({ conversationId, seq }: Pick<Message, 'conversationId' | 'seq'>): string =>
  `${location.origin}/c/${conversationId}?message=${seq}`

/** What `?message=` asks for; undefined where it is none. */
export const parseMessageSearch = (search: Record<string, unknown>): { message?: number } => {
  const seq = Number(search.message)
  return Number.isSafeInteger(seq) && seq > 0 ? { message: seq } : {}
}
