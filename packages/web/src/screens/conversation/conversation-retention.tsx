import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { mayIn } from '@confab/protocol/permissions'
import { retentionIn } from '@confab/protocol/retention'
import { readRetention } from '../../session/retention.ts'
import { tellFailure } from '../../state/toasts.ts'
import { DaysChoice, daysWords } from '../../ui/days-choice.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { useFetched } from '../../ui/use-fetched.ts'

interface RetentionProps {
  handle: ConversationHandle
  info: Conversation
}

/** How long messages stay here: told to everybody in it, set by its admins. */
export function ConversationRetention({ handle, info }: RetentionProps) {
  const server = useFetched(readRetention)
  const days = server.value && retentionIn(info, server.value)
  return (
    <section aria-label="How long messages stay" className="grid gap-3 border-line border-b p-5">
      <h3 className="font-bold">How long messages stay</h3>
      <FetchedFace fetched={server} />
      {server.value && (
        <p className="text-ink-soft text-small">
          {typeof days === 'number'
            ? `They are deleted for everybody after ${daysWords(days)}.`
            : 'They stay until somebody deletes them.'}
        </p>
      )}
      {server.value && mayIn('conversation.change', info) && (
        <DaysChoice
          label="Keep messages here"
          none={server.value.days === null ? 'For ever' : 'As long as the server does'}
          value={info.retentionDays ?? null}
          max={server.value.days}
          onChange={(retentionDays) =>
            tellFailure(handle.change({ retentionDays }), 'How long messages stay')
          }
        />
      )}
    </section>
  )
}
