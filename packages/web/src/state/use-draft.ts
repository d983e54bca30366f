import { useState } from 'react'
import { store, stored } from '../session/kept.ts'

const draftKey = (conversationId: string) => `confab.draft.${conversationId}`

/** What was begun and not sent, kept in this browser until it is sent or the person signs out. */
export function useDraft(conversationId: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => stored(draftKey(conversationId)) ?? '')
  const change = (next: string) => {
    setText(next)
    store(draftKey(conversationId), next === '' ? null : next)
  }
  return [text, change]
}

export function forgetDrafts(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(draftKey('')))
  for (const key of keys) store(key, null)
}
