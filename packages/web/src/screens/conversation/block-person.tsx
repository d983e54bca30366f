import type { User } from '@confab/protocol/user'
import { setBlocked } from '../../session/blocks.ts'
import { useMe } from '../../state/use-people.ts'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

/** In the details of the conversation of two. */
export function BlockPerson({ user: { id, name } }: { user: Pick<User, 'id' | 'name'> }) {
  const isBlocked = useMe()?.blocks.includes(id) ?? false
  const turning = useTask(() => setBlocked(id, !isBlocked))
  return (
    <div className="p-5">
      <Button
        look={isBlocked ? 'quiet' : 'danger'}
        className="w-full"
        busy={turning.busy}
        onClick={() => void turning.run()}
      >
        <span className="truncate">
          {isBlocked ? 'Unblock' : 'Block'} <bdi>{name}</bdi>
        </span>
      </Button>
      <p className="mt-2 text-ink-faint text-small">
        {isBlocked
          ? 'Nothing new can be said here until you unblock them.'
          : 'They could no longer write to you here, add you anywhere, or see when you are here.'}
      </p>
      <TaskError error={turning.error} />
    </div>
  )
}
