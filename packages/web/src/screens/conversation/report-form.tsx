import type { ConversationHandle } from '@confab/client/chat'
import type { Message } from '@confab/protocol/message'
import { type ReportReason, reportNoteCodePoints } from '@confab/protocol/report'
import { useState } from 'react'
import { showToast } from '../../state/toasts.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/modal.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'
import { QuotedText } from './quote.tsx'

const reasons: readonly { reason: ReportReason; label: string }[] = [
  { reason: 'spam', label: 'Spam or fraud' },
  { reason: 'harassment', label: 'Harassment or hate' },
  { reason: 'violence', label: 'Violence or threats' },
  { reason: 'sexual', label: 'Sexual content' },
  { reason: 'illegal', label: 'Something illegal' },
  { reason: 'other', label: 'Something else' },
]

interface ReportFormProps {
  handle: ConversationHandle
  message: Message
  onClose: () => void
}

export function ReportForm({ handle, message, onClose }: ReportFormProps) {
  const [reason, setReason] = useState<ReportReason>('spam')
  const [note, setNote] = useState('')
  const sending = useTask(() => handle.report(message.seq, { reason, ...(note && { note }) }))
  const send = async () => {
    if (!(await sending.run())) return
    showToast('Thank you: the administrators were told.')
    onClose()
  }
  return (
    <Modal
      title="Report this message"
      description="The administrators see it as it stands when they look, who wrote it, and that you reported it."
      onClose={onClose}
    >
      <form
        noValidate
        className="grid min-h-0 gap-4 overflow-y-auto px-5 pt-2 pb-5"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <blockquote className="min-w-0 rounded-small border-line-strong border-s-2 ps-2.5 text-ink-soft text-small">
          <QuotedText target={message} />
        </blockquote>
        <fieldset>
          <legend className="font-semibold text-small">What is wrong with it</legend>
          {reasons.map((one) => (
            <label key={one.reason} className="flex min-h-11 items-center gap-3">
              <input
                type="radio"
                name="reason"
                className="size-5 shrink-0 accent-accent"
                checked={reason === one.reason}
                onChange={() => setReason(one.reason)}
              />
              {one.label}
            </label>
          ))}
        </fieldset>
        <TextField
          label="A note, if you like"
          autoComplete="off"
          maxLength={reportNoteCodePoints}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <TaskError error={sending.error} />
        <div className="flex justify-end gap-3">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={sending.busy}>
            Report
          </Button>
        </div>
      </form>
    </Modal>
  )
}
