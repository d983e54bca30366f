import type { ConversationInput } from '@confab/client/chat'
import { defaultLimits } from '@confab/protocol/limits'
import type { User } from '@confab/protocol/user'
import { useState } from 'react'
import { useMe } from '../../state/use-people.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Icon } from '../../ui/icon.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

interface NewSharedProps {
  kind: 'group' | 'channel'
  onCreate: (input: ConversationInput) => Promise<unknown>
}

const visibilities = [
  { value: 'public', label: 'Open to all' },
  { value: 'private', label: 'By invitation' },
] as const

export function NewShared({ kind, onCreate }: NewSharedProps) {
  const me = useMe()
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  const [visibility, setVisibility] = useState<'public' | 'private'>('public')
  const [people, setPeople] = useState<readonly User[]>([])
  const creating = useTask(onCreate)
  const ready = name.trim() !== ''
  const input: ConversationInput = {
    kind,
    name: name.trim(),
    memberIds: people.map(({ id }) => id),
    ...(kind === 'channel' && { visibility, ...(topic.trim() !== '' && { topic: topic.trim() }) }),
  }
  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void creating.run(input)
      }}
    >
      <TextField
        label="Name"
        value={name}
        maxLength={defaultLimits.nameCodePoints}
        placeholder={kind === 'group' ? 'Book club' : 'announcements'}
        onChange={(event) => setName(event.target.value)}
      />
      {kind === 'channel' && (
        <>
          <TextField
            label="Topic (optional)"
            value={topic}
            maxLength={defaultLimits.topicCodePoints}
            placeholder="What is it about?"
            onChange={(event) => setTopic(event.target.value)}
          />
          <Choice label="Who can join" value={visibility} options={visibilities} onChange={setVisibility} />
        </>
      )}
      <div>
        <PeoplePicker
          label="Add people (optional)"
          leftOut={new Set([me?.id ?? '', ...input.memberIds])}
          onPick={(user) => setPeople((picked) => [...picked, user])}
        />
        <ul aria-label="People to add" className="mt-3 flex flex-wrap gap-2 empty:hidden">
          {people.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                aria-label={`Remove ${user.name}`}
                onClick={() => setPeople((picked) => picked.filter(({ id }) => id !== user.id))}
                className="flex min-h-10 items-center gap-2 rounded-full bg-accent-soft ps-1 pe-3 font-semibold text-small hover:bg-hover"
              >
                <Avatar seed={user.id} name={user.name} size="small" />
                <bdi>{user.name}</bdi>
                <Icon name="close" className="size-3.5 text-ink-soft" />
              </button>
            </li>
          ))}
        </ul>
      </div>
      <TaskError error={creating.error} />
      <Button type="submit" busy={creating.busy} disabled={!ready} className="justify-self-start">
        Create {kind}
      </Button>
    </form>
  )
}
