import { Link } from '@tanstack/react-router'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FirstSteps } from '../../ui/first-steps.tsx'
import { quietLinkButtonLook } from '../../ui/link-button.ts'

export function LoadingList() {
  return (
    <div role="status" className="grow overflow-hidden px-2">
      <span className="sr-only">Loading your conversations</span>
      {skeletons.map((width) => (
        <div key={width} aria-hidden="true" className="flex animate-pulse items-center gap-3 px-2.5 py-2.5">
          <span className="size-12 rounded-full bg-line" />
          <span className="grow">
            <span className={`block h-3.5 rounded-small bg-line ${width}`} />
            <span className="mt-2.5 block h-3 w-4/5 rounded-small bg-line" />
          </span>
        </div>
      ))}
    </div>
  )
}

const skeletons = ['w-2/5', 'w-1/2', 'w-1/3', 'w-3/5', 'w-2/3']

export function FailedList({ onRetry }: { onRetry: () => void }) {
  return (
    <EmptyState
      icon="offline"
      title="Your conversations can’t be loaded"
      text="The server doesn’t answer. Confab goes on trying by itself."
    >
      <Button look="quiet" onClick={onRetry}>
        Try now
      </Button>
    </EmptyState>
  )
}

/** On wide screens the pane beside it says the same, larger. */
export function NoConversations() {
  return (
    <>
      <p className="m-auto hidden max-w-56 text-center text-ink-faint text-small md:block">
        Your conversations will stand here.
      </p>
      <div className="flex grow md:hidden">
        <FirstSteps />
      </div>
    </>
  )
}

export function NoMatch({ query }: { query: string }) {
  return (
    <EmptyState icon="search" title="No match" text={`None of your conversations is called “${query}”.`}>
      <Link to="/new" className={quietLinkButtonLook}>
        Find people
      </Link>
    </EmptyState>
  )
}
