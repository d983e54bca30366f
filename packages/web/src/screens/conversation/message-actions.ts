import type { Message } from '@confab/protocol/message'

/** What the composer is for at the moment. */
export type Writing = { is: 'new' } | { is: 'reply'; seq: number } | { is: 'edit'; seq: number }

/** What was asked about a message and waits for an answer: one thing at a time. */
export interface Asked {
  is: 'menu' | 'emoji' | 'delete' | 'forward' | 'info' | 'report'
  message: Message
}

/** What can be done from a message's row. Stays the same object, so that rows needn't be drawn again. */
export interface RowActions {
  retry: (clientId: string) => void
  discard: (clientId: string) => void
  ask: (is: Asked['is'], message: Message) => void
  reply: (seq: number) => void
  /** Adds one's reaction, or takes it back. */
  react: (message: Message, emoji: string) => void
  jumpTo: (seq: number) => void
}

/** The row of a message, while it is in the page: focus goes back to it after its menu. */
export const rowOf = (seq: number): HTMLElement | null =>
  document.querySelector<HTMLElement>(`article[data-seq="${seq}"]`)

export const focusComposer = (): void => document.getElementById(composerId)?.focus()

export const composerId = 'composer'
