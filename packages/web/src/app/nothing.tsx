import { Link } from '@tanstack/react-router'
import { EmptyState } from '../ui/empty-state.tsx'
import { linkButtonLook } from '../ui/link-button.ts'

export function Nothing() {
  return (
    <EmptyState icon="compass" title="Nothing here" text="This address leads nowhere, or not for you.">
      <Link to="/" className={linkButtonLook}>
        To your conversations
      </Link>
    </EmptyState>
  )
}
