import type { ReceivedReport, ReportOutcome, ReportReason } from '@confab/protocol/report'
import { useRef } from 'react'
import { settleReport } from '../../session/moderation.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFocusHandedOn } from '../../ui/use-focus-handed-on.ts'
import { useTask } from '../../ui/use-task.ts'

const reasonWords: Record<ReportReason, string> = {
  spam: 'Spam or fraud',
  harassment: 'Harassment or hate',
  violence: 'Violence or threats',
  sexual: 'Sexual content',
  illegal: 'Something illegal',
  other: 'Something else',
}

const outcomeWords: Record<ReportOutcome, string> = {
  removed: 'The message was removed',
  handled: 'Handled otherwise',
  dismissed: 'Dismissed',
}

const placeWords = { direct: 'a direct conversation', group: 'a group', channel: 'a channel' } as const

interface ReportCardProps {
  report: ReceivedReport
  onSettled: () => void
}

export function ReportCard({ report, onSettled }: ReportCardProps) {
  const { sender, reporter, conversation, settlement } = report
  const card = useRef<HTMLLIElement>(null)
  useFocusHandedOn(card)
  const settling = useTask((outcome: ReportOutcome) => settleReport(report.id, outcome).finally(onSettled))
  const named = `the report of ${exactTime(report.createdAt)}`
  return (
    <li ref={card} className="grid grid-cols-1 gap-3 rounded-medium border border-line p-4">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-semibold">{reasonWords[report.reason]}</span>
        <time dateTime={report.createdAt} className="text-ink-faint text-small">
          {exactTime(report.createdAt)}
        </time>
      </p>
      {sender && (
        <div className="flex items-center gap-3">
          <PersonLine user={sender} note={conversation && `wrote in ${placeWords[conversation.kind]}`} />
        </div>
      )}
      <Reported report={report} />
      <p className="break-words text-ink-soft text-small">
        Reported by <bdi className="font-semibold">{reporter?.name ?? 'somebody'}</bdi>
        {report.note && (
          <>
            : <q>{report.note}</q>
          </>
        )}
      </p>
      {settlement ? (
        <p className="text-small">
          {outcomeWords[settlement.outcome]}, {exactTime(settlement.at)}
        </p>
      ) : (
        <div className="flex flex-wrap gap-2">
          {report.message && !report.message.deletedAt && (
            <Button
              look="danger"
              busy={settling.busy}
              aria-label={`Remove the message: ${named}`}
              onClick={() => void settling.run('removed')}
            >
              Remove the message
            </Button>
          )}
          <Button
            look="quiet"
            busy={settling.busy}
            aria-label={`Handled otherwise: ${named}`}
            onClick={() => void settling.run('handled')}
          >
            Handled otherwise
          </Button>
          <Button
            look="quiet"
            busy={settling.busy}
            aria-label={`Dismiss ${named}`}
            onClick={() => void settling.run('dismissed')}
          >
            Dismiss
          </Button>
        </div>
      )}
      <TaskError error={settling.error} />
    </li>
  )
}

/** What the message says now, and whether it said the same when it was reported. */
function Reported({ report: { message, createdAt } }: Pick<ReportCardProps, 'report'>) {
  if (!message) return <p className="text-ink-faint">The conversation is gone.</p>
  if (message.deletedAt)
    return <p className="text-ink-faint">The message was deleted {exactTime(message.deletedAt)}.</p>
  return (
    <div>
      <blockquote className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words rounded-small border-line-strong border-s-2 bg-sunken px-3 py-2">
        {message.text}
      </blockquote>
      {message.editedAt && message.editedAt > createdAt && (
        <p className="mt-1 text-ink-faint text-small">Edited since it was reported.</p>
      )}
    </div>
  )
}
