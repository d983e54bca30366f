import { Button } from './button.tsx'
import { TaskError } from './task-error.tsx'

interface ListRestProps {
  list: { items: readonly unknown[] | undefined; next: unknown; error: string | undefined; more: () => void }
}

/** Below what has come of a long list: the way to the rest, and what went wrong with it. */
export function ListRest({ list: { items, next, error, more } }: ListRestProps) {
  if (!items && !error) {
    return (
      <p role="status" className="py-3 text-center text-ink-faint">
        Loading…
      </p>
    )
  }
  return (
    <>
      <TaskError error={error} />
      {(next !== undefined || error !== undefined) && (
        <Button look="plain" onClick={more}>
          {error === undefined ? 'Show more' : 'Try again'}
        </Button>
      )}
    </>
  )
}
