import type { Conversation } from '@confab/protocol/conversation'
import { useMemo } from 'react'
import { conversationDoor } from '../../session/invitation-door.ts'
import { InvitationLinks } from '../invitations/invitation-links.tsx'

/** Links into a group or channel, for its admins. */
export function ConversationInvitations({ id }: Pick<Conversation, 'id'>) {
  const door = useMemo(() => conversationDoor(id), [id])
  return (
    <section aria-label="Invitations" className="grid gap-4 border-line border-b p-5">
      <div>
        <h3 className="font-bold">Invitations</h3>
        <p className="mt-1 text-ink-soft text-small">
          Whoever has an account and such a link may join, and read what was said before.
        </p>
      </div>
      <InvitationLinks door={door} />
    </section>
  )
}
