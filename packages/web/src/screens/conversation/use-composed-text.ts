import type { ConversationHandle } from '@confab/client/chat'
import { useState } from 'react'
import { useValue } from '../../state/use-value.ts'
import type { Writing } from './message-actions.ts'

/** What stands in the composer: the draft or, while one edits, the edited message's text; the draft waits. */
export function useComposedText(
  handle: ConversationHandle,
  writing: Writing,
): [text: string, change: (text: string) => void] {
  const [draft, setDraft] = useDraft(handle)
  const [edited, setEdited] = useState<{ seq: number; text: string }>()
  if (writing.is !== 'edit') {
    if (edited) setEdited(undefined)
    return [draft, setDraft]
  }
  const { seq } = writing
  const text = edited?.seq === seq ? edited.text : (handle.message(seq).get()?.text ?? '')
  return [text, (next) => setEdited({ seq, text: next })]
}

/**
 * The SDK's draft, by way of a state of its own: a field whose value comes a moment later than the key
 * loses its caret.
 */
function useDraft(handle: ConversationHandle): [string, (text: string) => void] {
  const draft = useValue(handle.draft)
  const [shown, setShown] = useState(draft)
  // Another device's word, or what sending has cleared.
  if (draft !== shown) setShown(draft)
  return [
    draft,
    (text) => {
      handle.setDraft(text)
      setShown(text)
    },
  ]
}
