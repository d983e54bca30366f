import { Button } from './button.tsx'
import { TaskError } from './task-error.tsx'

interface FetchedFaceProps {
  fetched: { value: unknown; error: string | undefined; reload: () => void }
}

/** What stands where something hasn't come yet, or couldn't; nothing once it is there. */
export function FetchedFace({ fetched: { value, error, reload } }: FetchedFaceProps) {
  if (error !== undefined) {
    return (
      <div>
        <TaskError error={error} />
        <Button look="plain" onClick={reload}>
          Try again
        </Button>
      </div>
    )
  }
  if (value !== undefined) return null
  return (
    <p role="status" className="text-ink-faint">
      Loading…
    </p>
  )
}
