import type { User } from '@confab/protocol/user'
import { setBlocked } from '../../session/blocks.ts'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

/** Stands where one would write to a person whom one has blocked. */
export function BlockedNote({ user: { id, name } }: { user: Pick<User, 'id' | 'name'> }) {
  const unblocking = useTask(() => setBlocked(id, false))
  return (
    <div className="flex flex-wrap items-center gap-3 border-line border-t p-4 text-ink-faint">
      <p className="min-w-0 flex-1">
        You have blocked <bdi>{name}</bdi>: neither of you can write here.
      </p>
      <Button look="quiet" busy={unblocking.busy} onClick={() => void unblocking.run()}>
        Unblock
      </Button>
      <TaskError error={unblocking.error} />
    </div>
  )
}
