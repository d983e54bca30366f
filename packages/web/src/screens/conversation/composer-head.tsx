import type { ConversationHandle } from '@confab/client/chat'
import { useMemo } from 'react'
import { useValue } from '../../state/use-value.ts'
import { Icon } from '../../ui/icon.tsx'
import { iconButtonLook } from '../../ui/icon-button.tsx'
import type { Writing } from './message-actions.ts'
import { QuotedText } from './quote.tsx'

interface ComposerHeadProps {
  handle: ConversationHandle
  writing: Exclude<Writing, { is: 'new' }>
  onCancel: () => void
}

/** Over the text: what is answered or edited, and the way out. */
export function ComposerHead({ handle, writing, onCancel }: ComposerHeadProps) {
  const { seq } = writing
  const target = useValue(useMemo(() => handle.message(seq), [handle, seq]))
  const editing = writing.is === 'edit'
  return (
    <div className="flex animate-fade items-center gap-2 px-1 pb-1.5" data-writing={writing.is}>
      <Icon name={editing ? 'edit' : 'reply'} className="ms-2 size-4.5 text-accent" />
      <div className="min-w-0 grow border-accent border-s-2 ps-2.5 text-small">
        <span className="block font-semibold text-accent text-micro">
          {editing ? 'Editing your message' : 'Replying to'}
        </span>
        {target && !editing && <QuotedText target={target} />}
      </div>
      <button
        type="button"
        aria-label={editing ? 'Cancel editing' : 'Cancel the reply'}
        title="Cancel (Escape)"
        onClick={onCancel}
        className={iconButtonLook}
      >
        <Icon name="close" className="size-4.5" />
      </button>
    </div>
  )
}
