import { Link } from '@tanstack/react-router'
import { EmptyState } from './empty-state.tsx'
import { linkButtonLook, quietLinkButtonLook } from './link-button.ts'

interface FirstStepsProps {
  title?: string
  text?: string
}

/** The two ways to a conversation, for who has none yet or has none open. */
export function FirstSteps({
  title = 'Start your first conversation',
  text = 'Find somebody by name and say hello, or look for a channel that is open to all.',
}: FirstStepsProps) {
  return (
    <EmptyState icon="people" title={title} text={text}>
      <Link to="/new" className={linkButtonLook}>
        New conversation
      </Link>
      <Link to="/channels" className={quietLinkButtonLook}>
        Browse channels
      </Link>
    </EmptyState>
  )
}
