import type { ConversationInput } from '@confab/client/chat'
import { useMe } from '../../state/use-people.ts'
import { Button } from '../../ui/button.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { useTask } from '../../ui/use-task.ts'

const nobody: ReadonlySet<string> = new Set()

/** Choosing the person is all: a direct conversation that exists already is opened. */
export function NewDirect({ onCreate }: { onCreate: (input: ConversationInput) => Promise<unknown> }) {
  const me = useMe()
  const creating = useTask((userId: string) => onCreate({ kind: 'direct', memberIds: [userId] }))
  return (
    <div className="grid gap-4">
      <PeoplePicker
        label="Find a person"
        leftOut={me ? new Set([me.id]) : nobody}
        onPick={(user) => void creating.run(user.id)}
        autoFocus
      />
      {creating.error && (
        <p role="alert" className="text-danger text-small">
          {creating.error}
        </p>
      )}
      {me && (
        <Button
          look="quiet"
          busy={creating.busy}
          className="justify-self-start"
          onClick={() => void creating.run(me.id)}
        >
          Write notes to yourself
        </Button>
      )}
    </div>
  )
}
