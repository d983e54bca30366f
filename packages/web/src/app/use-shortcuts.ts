import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

export const searchFieldId = 'conversation-search'

/** Ctrl or Cmd and K, or `/`: search. `n`: new conversation. Escape in a conversation is its own affair. */
export function useShortcuts(): void {
  const navigate = useNavigate()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('[role="dialog"]')) return
      const command = event.ctrlKey || event.metaKey
      const bare = !command && !event.altKey && !isEditable(event.target)
      if ((command && event.key.toLowerCase() === 'k') || (bare && event.key === '/')) {
        event.preventDefault()
        void focusSearch(() => navigate({ to: '/' }))
      } else if (bare && event.key === 'n') {
        event.preventDefault()
        void navigate({ to: '/new' })
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
}

/** On a phone's width the list is a page of its own: go there first. */
async function focusSearch(showList: () => Promise<void>) {
  const field = () => document.getElementById(searchFieldId)
  if (!field()?.checkVisibility()) await showList()
  requestAnimationFrame(() => field()?.focus())
}

const isEditable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
