import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { mayIn } from '@confab/protocol/permissions'
import { otherOf } from '../../state/titles.ts'
import { useMe } from '../../state/use-people.ts'
import { Sheet } from '../../ui/sheet.tsx'
import { BlockPerson } from './block-person.tsx'
import { ConversationInvitations } from './conversation-invitations.tsx'
import { Permissions } from './conversation-permissions.tsx'
import { ConversationRetention } from './conversation-retention.tsx'
import { ConversationSettings } from './conversation-settings.tsx'
import { LeaveConversation } from './leave-conversation.tsx'
import { Members } from './members.tsx'

interface DetailsPanelProps {
  handle: ConversationHandle
  info: Conversation
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** One's own settings of a conversation; of a group or channel also who is in it, and the way out. */
export function DetailsPanel({ handle, info, open, onOpenChange }: DetailsPanelProps) {
  const other = otherOf(info, useMe()?.id)
  return (
    <Sheet title="Details" open={open} onOpenChange={onOpenChange}>
      <ConversationSettings handle={handle} info={info} />
      {other && <BlockPerson user={other} />}
      {info.kind !== 'direct' && (
        <>
          <Members handle={handle} info={info} />
          {mayIn('member.invite', info) && <ConversationInvitations id={info.id} />}
          <Permissions handle={handle} info={info} />
          <ConversationRetention handle={handle} info={info} />
          <LeaveConversation handle={handle} kind={info.kind} />
        </>
      )}
    </Sheet>
  )
}
