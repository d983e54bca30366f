import { conversationId, userId } from '@confab/protocol/ids'
import { z } from '@hono/zod-openapi'
import { seqInPath } from '../http/schemas.ts'

const api = '/api/v1'
export const conversationsPath = `${api}/conversations` as const
export const conversationPath = `${conversationsPath}/{id}` as const
export const channelsPath = `${api}/channels` as const
export const presencePath = `${api}/presence` as const
export const invitationsPath = `${api}/invitations` as const
export const ticketPath = `${api}/ws/ticket` as const

export const inConversation = z.object({ id: conversationId })
export const ofMember = inConversation.extend({ userId })

export const ofMessage = inConversation.extend({ seq: seqInPath })
