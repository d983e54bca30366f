import { z } from 'zod'

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUIDv7 (RFC 9562) in lower case. The brand keeps one kind of id from standing where another belongs. */
const id = <Kind extends string>() => z.string().regex(uuidPattern, 'must be a UUID').brand<Kind>()

export const userId = id<'UserId'>()
export const conversationId = id<'ConversationId'>()
export const messageId = id<'MessageId'>()
export const attachmentId = id<'AttachmentId'>()
export const sessionId = z.string().min(1).max(64).brand<'SessionId'>()
export const connectionId = z.string().min(1).max(64).brand<'ConnectionId'>()

export type UserId = z.infer<typeof userId>
export type ConversationId = z.infer<typeof conversationId>
export type MessageId = z.infer<typeof messageId>
export type AttachmentId = z.infer<typeof attachmentId>
export type SessionId = z.infer<typeof sessionId>
export type ConnectionId = z.infer<typeof connectionId>
