import { useEffect, useRef, useState } from 'react'
import { changeName } from '../../session/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

export function NameStep({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const saving = useTask(changeName)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  return (
    <form
      ref={form}
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') void saving.run(name.trim()).then((saved) => saved && onDone())
      }}
    >
      <div>
        <h2 className="font-bold text-heading tracking-[-0.015em]">Welcome to Confab</h2>
        <p className="mt-1 text-ink-soft">What should people call you?</p>
      </div>
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        placeholder="Ada Lovelace"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={saving.error}
        hint="You can change it at any time."
      />
      <Button type="submit" busy={saving.busy} disabled={name.trim() === ''}>
        Start chatting
      </Button>
      <button
        type="button"
        className="min-h-9 font-semibold text-accent text-small underline-offset-4 hover:underline"
        onClick={onDone}
      >
        Later
      </button>
    </form>
  )
}
