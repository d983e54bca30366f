import type { ReactNode } from 'react'
import { useChat } from '../state/chat-context.ts'
import { useValue } from '../state/use-value.ts'
import { FirstSteps } from '../ui/first-steps.tsx'

/** The wide layout's right pane while no conversation is open. */
export function Welcome() {
  const chat = useChat()
  const ready = useValue(chat.ready)
  const hasConversations = useValue(chat.conversations).length > 0
  if (!ready && !hasConversations) return null
  return (
    <div className="flex grow flex-col">
      {hasConversations ? (
        <FirstSteps
          title="Pick a conversation"
          text="Or begin a new one. Everything you write is kept, even while you are offline."
        />
      ) : (
        <FirstSteps />
      )}
      <p className="hidden justify-center gap-5 pb-8 text-ink-faint text-small md:flex">
        <span>
          <Key>/</Key> search
        </span>
        <span>
          <Key>n</Key> new conversation
        </span>
        <span>
          <Key>↑</Key> <Key>↓</Key> move in the list
        </span>
      </p>
    </div>
  )
}

function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-small border border-line bg-raised px-1.5 py-0.5 font-sans text-ink-soft">
      {children}
    </kbd>
  )
}
