import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { Sheet } from '../../ui/sheet.tsx'
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
  return (
    <Sheet title="Details" open={open} onOpenChange={onOpenChange}>
      <ConversationSettings handle={handle} info={info} />
      {info.kind !== 'direct' && (
        <>
          <Members handle={handle} info={info} />
          <LeaveConversation handle={handle} kind={info.kind} />
        </>
      )}
    </Sheet>
  )
}
