import { type ConversationPermissions, conversationPermissions } from '@confab/protocol/conversation'
import { defaultPermissions } from '@confab/protocol/permissions'

/**
 * What a conversation decides for itself, as its row keeps it: null until its admins have changed something.
 */
export const parsePermissions = (json: string | null): ConversationPermissions =>
  json === null ? defaultPermissions : conversationPermissions.parse(JSON.parse(json))
