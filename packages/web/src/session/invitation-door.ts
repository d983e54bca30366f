import { firstPage, type Page } from '@confab/client/list'
import type { ConversationId } from '@confab/protocol/ids'
import {
  type FreshInvitation,
  freshInvitation,
  type Invitation,
  invitation,
} from '@confab/protocol/invitation'
import { byCookie, call } from './call.ts'

/** Null for ever, and for any number. */
export interface WantedInvitation {
  expiresInHours: number | null
  uses: number | null
}

/** A place that links lead into: the server itself, or a group or channel. */
export interface InvitationDoor {
  /** Those that are open, the newest first. */
  list(): Promise<Page<Invitation>>
  /** Its link is told this once. */
  make(wanted: WantedInvitation): Promise<FreshInvitation>
  revoke(id: string): Promise<void>
}

export const serverDoor: InvitationDoor = doorAt('/api/v1/admin/invitations')

export const conversationDoor = (id: ConversationId): InvitationDoor =>
  doorAt(`/api/v1/conversations/${id}/invitations`)

function doorAt(path: string): InvitationDoor {
  return {
    list: () => firstPage(byCookie, path, invitation),
    make: async (wanted) => freshInvitation.parse(await call('POST', path, wanted)),
    async revoke(id) {
      await call('DELETE', `${path}/${encodeURIComponent(id)}`)
    },
  }
}
