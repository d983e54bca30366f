import type { SignInOptions } from '@confab/protocol/account-settings'
import { signInAsDemo } from '../../session/demo.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'
import { StepHead } from './step-head.tsx'

interface DemoPeopleProps {
  people: NonNullable<SignInOptions['demo']>
  onSignedIn: () => Promise<void>
}

/** Of a demo: a press makes one somebody who is invented. */
export function DemoPeople({ people, onSignedIn }: DemoPeopleProps) {
  const entering = useTask((email: string) => signInAsDemo(email).then(onSignedIn))
  return (
    <div className="mb-6 border-line border-b pb-6">
      <StepHead title="Come in as somebody">
        A demo: nobody here is real, and what is said is forgotten at the next start.
      </StepHead>
      <ul className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-1" aria-label="People of the demo">
        {people.map(({ id, email, name, bio }) => (
          <li key={id}>
            <button
              type="button"
              disabled={entering.busy}
              onClick={() => void entering.run(email)}
              className="flex w-full items-center gap-3 rounded-medium px-2 py-1.5 text-start transition-colors duration-(--duration-quick) hover:bg-hover disabled:opacity-60"
            >
              <Avatar size="small" seed={id} name={name} />
              <span className="min-w-0">
                <span className="block truncate font-semibold">{name}</span>
                <span className="block truncate text-ink-soft text-small">{bio}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <TaskError error={entering.error} />
    </div>
  )
}
