import type { ConversationSummary } from '@confab/client/chat'
import { ConversationRow } from './conversation-row.tsx'

/**
 * Links, so that Enter, a middle click and a screen reader's list of links all work; the arrow keys,
 * Home and End move among them.
 */
export function ConversationList({ summaries }: { summaries: readonly ConversationSummary[] }) {
  return (
    <nav aria-label="Conversations" className="min-h-0 grow overflow-y-auto px-2 pb-3">
      <ul>
        {summaries.map((summary) => (
          <li key={summary.conversation.id}>
            <ConversationRow summary={summary} />
          </li>
        ))}
      </ul>
    </nav>
  )
}
