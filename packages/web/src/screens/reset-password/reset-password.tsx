import { useEffect, useRef, useState } from 'react'
import { SignInError } from '../../session/call.ts'
import { resetPassword } from '../../session/passwords.ts'
import { Button } from '../../ui/button.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { Card } from '../sign-in/card.tsx'
import { StepHead } from '../sign-in/step-head.tsx'

interface ResetPasswordProps {
  /** Of the mail's link; empty where the address bore none. */
  token: string
  onDone: (news: string | undefined) => void
}

/** Where the mail for a new password leads. */
export function ResetPassword({ token, onDone }: ResetPasswordProps) {
  const [password, setPassword] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const choosing = useTask(() => resetPassword(password, token))
  const isGone =
    token === '' || (choosing.cause instanceof SignInError && choosing.cause.code === 'INVALID_TOKEN')
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  return (
    <Card label="A new password">
      <form
        ref={form}
        noValidate
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (password === '') return
          void choosing.run().then((done) => done && onDone('Your password is set. Sign in with it.'))
        }}
      >
        {isGone ? (
          <div role="alert">
            <StepHead title="This link is no longer good">
              It works once, for half an hour. Ask for a new one by “Forgot your password?”.
            </StepHead>
          </div>
        ) : (
          <>
            <StepHead title="Choose a new password">
              It signs you out everywhere; afterwards you sign in with it.
            </StepHead>
            <NewPasswordField
              label="New password"
              value={password}
              onChange={setPassword}
              error={choosing.error}
            />
            <Button type="submit" busy={choosing.busy} disabled={password === ''}>
              {choosing.busy ? 'One moment…' : 'Set the password'}
            </Button>
          </>
        )}
        <button
          type="button"
          className={`${textLinkLook} justify-self-start`}
          onClick={() => onDone(undefined)}
        >
          To signing in
        </button>
      </form>
    </Card>
  )
}
