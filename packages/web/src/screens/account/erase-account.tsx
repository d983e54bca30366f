import { useState } from 'react'
import { requestCode } from '../../session/accounts.ts'
import { leave } from '../../session/leave.ts'
import { eraseAccount } from '../../session/own-data.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'
import { OwnPasswordField } from './own-password-field.tsx'

interface EraseAccountProps {
  email: string
  hasPassword: boolean
}

/** Asked for, explained, and confirmed by the password or a code by mail: there is no way back. */
export function EraseAccount({ email, hasPassword }: EraseAccountProps) {
  const [asked, setAsked] = useState(false)
  // Without a password the code is on its way before the question is.
  const asking = useTask(() => (hasPassword ? Promise.resolve() : requestCode(email)))
  return (
    <Section
      title="Delete your account"
      about="Your profile, settings, devices and drafts are erased, and you leave every group and channel. What you wrote stays readable for the others, from “Deleted user”."
    >
      {asked ? (
        <Confirm email={email} hasPassword={hasPassword} onStay={() => setAsked(false)} />
      ) : (
        <Button
          look="quiet"
          className="justify-self-start"
          busy={asking.busy}
          onClick={() => void asking.run().then(setAsked)}
        >
          Delete my account…
        </Button>
      )}
      <TaskError error={asking.error} />
    </Section>
  )
}

function Confirm({ email, hasPassword, onStay }: EraseAccountProps & { onStay: () => void }) {
  const [typed, setTyped] = useState('')
  const erasing = useTask(() =>
    eraseAccount(hasPassword ? { password: typed } : { code: typed.trim() }).then(leave),
  )
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed !== '') void erasing.run()
      }}
    >
      {hasPassword ? (
        <OwnPasswordField value={typed} onChange={setTyped} />
      ) : (
        <TextField
          label="Six-digit code"
          inputMode="numeric"
          autoComplete="one-time-code"
          hint={`It is on its way to ${email}.`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="danger" busy={erasing.busy} disabled={typed === ''}>
          Delete it for good
        </Button>
        <Button look="quiet" onClick={onStay}>
          Keep it
        </Button>
      </div>
      <TaskError error={erasing.error} />
    </form>
  )
}
