import type { ConversationHandle } from '@confab/client/chat'
import { useState } from 'react'
import { useDraft } from '../../state/use-draft.ts'
import type { Writing } from './message-actions.ts'

/** What stands in the composer: the draft or, while one edits, the edited message's text; the draft waits. */
export function useComposedText(
  handle: ConversationHandle,
  writing: Writing,
): [text: string, change: (text: string) => void] {
  const [draft, setDraft] = useDraft(handle.id)
  const [edited, setEdited] = useState<{ seq: number; text: string }>()
  if (writing.is !== 'edit') {
    if (edited) setEdited(undefined)
    return [draft, setDraft]
  }
  const { seq } = writing
  const text = edited?.seq === seq ? edited.text : (handle.message(seq).get()?.text ?? '')
  return [text, (next) => setEdited({ seq, text: next })]
}
