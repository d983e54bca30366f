import type { Message } from '@confab/protocol/message'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/modal.tsx'
import { QuotedText } from './quote.tsx'

interface DeleteQuestionProps {
  message: Message
  onDelete: () => void
  onClose: () => void
}

/** Asked, since a deletion can't be taken back: the text is gone from the server too. */
export function DeleteQuestion({ message, onDelete, onClose }: DeleteQuestionProps) {
  return (
    <Modal
      title="Delete this message?"
      description="It is deleted for everybody, for good."
      onClose={onClose}
    >
      <div className="px-5 pt-2 pb-5">
        <blockquote className="min-w-0 rounded-small border-line-strong border-s-2 ps-2.5 text-ink-soft text-small">
          <QuotedText target={message} />
        </blockquote>
        <div className="mt-5 flex justify-end gap-3">
          <Button look="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Button look="danger" onClick={onDelete}>
            Delete
          </Button>
        </div>
      </div>
    </Modal>
  )
}
