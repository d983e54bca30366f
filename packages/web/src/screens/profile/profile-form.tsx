import { defaultLimits } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { Me } from '@confab/protocol/user'
import { useId, useState } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { fieldLook, TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

export function ProfileForm({ me }: { me: Me }) {
  const chat = useChat()
  const bioId = useId()
  const [name, setName] = useState(me.name)
  const [handle, setHandle] = useState(me.handle)
  const [bio, setBio] = useState(me.bio)
  const saving = useTask(() => chat.updateProfile({ name: name.trim(), handle, bio }))
  const changed = name !== me.name || handle !== me.handle || bio !== me.bio
  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) void saving.run()
      }}
    >
      <div className="flex items-center gap-4">
        <Avatar seed={me.id} name={name} size="large" />
        <div className="min-w-0">
          <bdi className="block truncate font-bold text-heading tracking-[-0.015em]">{name}</bdi>
          <span className="block truncate text-ink-faint">@{handle}</span>
        </div>
      </div>
      <TextField
        label="Name"
        autoComplete="name"
        maxLength={defaultLimits.nameCodePoints}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={problemOf(saving.cause, 'name')}
      />
      <TextField
        label="Handle"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={32}
        value={handle}
        onChange={(event) => setHandle(event.target.value.toLowerCase())}
        hint="2 to 32 of a–z, 0–9 and _. People find you by it."
        error={problemOf(saving.cause, 'handle')}
      />
      <div>
        <label htmlFor={bioId} className="mb-1.5 block font-semibold text-small">
          About you
        </label>
        <textarea
          id={bioId}
          rows={3}
          maxLength={defaultLimits.bioCodePoints}
          value={bio}
          onChange={(event) => setBio(event.target.value)}
          className={`${fieldLook} resize-y`}
        />
      </div>
      <TaskError error={saving.error} />
      <Button type="submit" busy={saving.busy} disabled={!changed} className="justify-self-start">
        Save changes
      </Button>
    </form>
  )
}

/** What the server says of one field. */
function problemOf(cause: unknown, path: string): string | undefined {
  if (!(cause instanceof Refusal)) return undefined
  return cause.errors?.find((error) => error.path === path)?.message
}
