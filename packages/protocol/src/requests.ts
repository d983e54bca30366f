import { z } from 'zod'
import { conversationPermissions, kind, notify, role, visibility } from './conversation.ts'
import { attachmentId, conversationId, userId } from './ids.ts'
import { clientIdChars, type Limits } from './limits.ts'
import { retentionDays } from './retention.ts'
import { settingsChange } from './settings.ts'
import { isBlank, isStorable, storableText } from './text.ts'
import { everybodysHandle, handlePattern } from './user.ts'

/** The bodies of what writes, shared by REST and the socket. They depend on the installation's limits. */
export type Requests = ReturnType<typeof requests>

/** A log ends long before: the store keeps a seq in 32 bits beside its conversation's number. */
const seqMax = 2 ** 32 - 1
/** What is past every log stands for its end: a cursor is clamped to the head, and no message is there. */
const withinLog = (seq: number) => Math.min(seq, seqMax)
export const seq = z.int().positive().transform(withinLog)
/** A cursor: the last seq held, 0 for none. */
export const cursor = z.int().nonnegative().transform(withinLog)

export const clientId = z.string().min(1).max(clientIdChars).refine(isStorable, 'must be whole Unicode text')

export function requests(limits: Limits) {
  const name = storableText(limits.nameCodePoints)
    .refine((text) => !isBlank(text), 'must not be blank')
    .meta({ minLength: 1 })
  const topic = storableText(limits.topicCodePoints)

  const newMessage = z
    .object({
      clientId,
      text: storableText(limits.textCodePoints).optional(),
      attachmentIds: z.array(attachmentId).max(limits.attachments).optional(),
      replyToSeq: seq.optional(),
      forward: z.object({ conversationId, seq }).optional(),
      priority: z.literal('high').optional(),
      seenSeq: cursor.optional(),
    })
    .refine((message) => !isBlank(message.text ?? '') || message.attachmentIds?.length || message.forward, {
      path: ['text'],
      message: 'a message needs text, an attachment or a forward',
    })

  /** An edit replaces the text. */
  const messageEdit = z.object({ text: storableText(limits.textCodePoints) })

  const newConversation = z
    .object({
      clientId: clientId.optional(),
      kind,
      name: name.optional(),
      topic: topic.optional(),
      visibility: visibility.optional(),
      memberIds: z.array(userId).max(limits.membersPerCall).default([]),
    })
    .refine((wanted) => wanted.kind !== 'direct' || wanted.memberIds.length === 1, {
      path: ['memberIds'],
      message: 'a direct conversation is with exactly one user',
    })
    .refine((wanted) => wanted.kind === 'direct' || wanted.name !== undefined, {
      path: ['name'],
      message: 'a group or channel needs a name',
    })
    .refine((wanted) => wanted.kind === 'channel' || wanted.visibility !== 'public', {
      path: ['visibility'],
      message: 'only a channel can be public',
    })

  const conversationChange = z.object({
    name: name.optional(),
    topic: topic.nullable().optional(),
    visibility: visibility.optional(),
    permissions: conversationPermissions.partial().optional(),
    retentionDays: retentionDays.optional(),
  })

  const memberChange = z.object({ role: role.optional() })

  const membershipChange = z.object({
    muted: z.boolean().optional(),
    pinned: z.boolean().optional(),
    notify: notify.optional(),
    hidden: z.boolean().optional(),
    markedUnread: z.boolean().optional(),
    draft: storableText(limits.textCodePoints).nullable().optional(),
  })

  const profileChange = z.object({
    name: name.optional(),
    handle: z
      .string()
      .regex(handlePattern, 'must be 2 to 32 of a-z, 0-9 and _')
      .refine((handle) => handle !== everybodysHandle, 'calls everybody')
      .optional(),
    bio: storableText(limits.bioCodePoints).optional(),
    locale: z.string().refine(isLocale, 'must be a language tag, as in en-GB').nullable().optional(),
    timezone: z.string().refine(isTimezone, 'must be a time zone, as in Europe/Paris').nullable().optional(),
    settings: settingsChange.optional(),
  })

  const read = z.object({ seq: cursor })

  return {
    newMessage,
    messageEdit,
    newConversation,
    conversationChange,
    memberChange,
    membershipChange,
    profileChange,
    read,
  }
}

/** A language tag of BCP 47. */
function isLocale(tag: string): boolean {
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** A name of the IANA time zone database. */
function isTimezone(name: string): boolean {
  try {
    return name.length <= 64 && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

export type NewMessage = z.infer<Requests['newMessage']>
export type NewConversation = z.infer<Requests['newConversation']>
export type ConversationChange = z.infer<Requests['conversationChange']>
export type MembershipChange = z.infer<Requests['membershipChange']>
export type ProfileChange = z.infer<Requests['profileChange']>
