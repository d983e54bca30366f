import { useId, useState } from 'react'
import { changePassword } from '../../session/account-settings.ts'
import { SignInError } from '../../session/call.ts'
import { requestReset } from '../../session/passwords.ts'
import { Button } from '../../ui/button.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'
import { OwnPasswordField } from './own-password-field.tsx'

export function PasswordSettings({ email, hasPassword }: { email: string; hasPassword: boolean }) {
  return (
    <Section title="Password">{hasPassword ? <ChangePassword /> : <FirstPassword email={email} />}</Section>
  )
}

function ChangePassword() {
  const othersId = useId()
  const [present, setPresent] = useState('')
  const [next, setNext] = useState('')
  const [endOthers, setEndOthers] = useState(true)
  const [done, setDone] = useState(false)
  const changing = useTask(() =>
    changePassword({ currentPassword: present, newPassword: next, revokeOtherSessions: endOthers }),
  )
  const isPresentWrong = changing.cause instanceof SignInError && changing.cause.code === 'INVALID_PASSWORD'
  const submit = async () => {
    if (!(await changing.run())) return
    setPresent('')
    setNext('')
    setDone(true)
  }
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (present !== '' && next !== '') void submit()
      }}
    >
      <OwnPasswordField
        value={present}
        onChange={(typed) => {
          setPresent(typed)
          setDone(false)
        }}
        error={isPresentWrong ? changing.error : undefined}
      />
      <NewPasswordField
        label="New password"
        value={next}
        onChange={setNext}
        error={isPresentWrong ? undefined : changing.error}
      />
      <label htmlFor={othersId} className="flex min-h-11 items-center gap-3">
        <input
          id={othersId}
          type="checkbox"
          className="size-5 accent-accent"
          checked={endOthers}
          onChange={(event) => setEndOthers(event.target.checked)}
        />
        Sign out my other devices
      </label>
      <Button
        type="submit"
        busy={changing.busy}
        disabled={present === '' || next === ''}
        className="justify-self-start"
      >
        Change the password
      </Button>
      <p role="status" className="text-small empty:hidden">
        {done && 'Your password is changed.'}
      </p>
    </form>
  )
}

function FirstPassword({ email }: { email: string }) {
  const [sent, setSent] = useState(false)
  const asking = useTask(requestReset)
  return (
    <>
      <p className="text-ink-soft">
        You have none: a code by mail opens your account. With a password you can sign in without waiting for
        one.
      </p>
      <Button
        look="quiet"
        className="justify-self-start"
        busy={asking.busy}
        onClick={() => void asking.run(email).then(setSent)}
      >
        Mail me a link to set one
      </Button>
      <TaskError error={asking.error} />
      <p role="status" className="text-small empty:hidden">
        {sent && `The link is on its way to ${email}.`}
      </p>
    </>
  )
}
