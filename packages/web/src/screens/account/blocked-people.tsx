import type { Me } from '@confab/protocol/user'
import { setBlocked } from '../../session/blocks.ts'
import { useUsers } from '../../state/use-people.ts'
import { Button } from '../../ui/button.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

export function BlockedPeople({ ids }: { ids: Me['blocks'] }) {
  const users = useUsers(ids)
  const unblocking = useTask((id: string) => setBlocked(id, false))
  return (
    <Section
      title="Blocked people"
      about="They can’t write to you alone, add you anywhere, or see when you are here."
    >
      {ids.length === 0 && <p className="text-ink-faint">You block nobody.</p>}
      <ul aria-label="Blocked people" className="grid grid-cols-1 gap-2 empty:hidden">
        {ids.map((id, index) => {
          const user = users[index] ?? { id, name: 'Somebody', handle: '…' }
          return (
            <li key={id} className="flex items-center gap-3">
              <PersonLine user={user} />
              <Button
                look="quiet"
                busy={unblocking.busy}
                aria-label={`Unblock ${user.name}`}
                onClick={() => void unblocking.run(id)}
              >
                Unblock
              </Button>
            </li>
          )
        })}
      </ul>
      <TaskError error={unblocking.error} />
    </Section>
  )
}
