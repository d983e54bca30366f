import { type ReactNode, useState } from 'react'
import type { SignedIn } from '../../session/accounts.ts'
import { signInByPassword } from '../../session/passwords.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { EmailField } from './email-field.tsx'
import { StepHead } from './step-head.tsx'
import { useEmailForm } from './use-email-form.ts'

interface PasswordStepProps {
  email: string
  about: ReactNode
  maySignUp: boolean
  onEmail: (email: string) => void
  onFirstFactor: (signedIn: SignedIn) => Promise<void>
  onSignUp: () => void
  onForgot: () => void
}

export function PasswordStep(props: PasswordStepProps) {
  const { email, about, maySignUp, onEmail, onFirstFactor, onSignUp, onForgot } = props
  const [password, setPassword] = useState('')
  const checking = useTask(async (address: string) =>
    onFirstFactor(await signInByPassword(address, password)),
  )
  const { wrong, form } = useEmailForm(email, (address) => password !== '' && checking.run(address))
  return (
    <form {...form}>
      <StepHead title="Sign in">{about}</StepHead>
      <EmailField value={email} onChange={onEmail} error={wrong} />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={checking.error}
      />
      <Button type="submit" busy={checking.busy}>
        {checking.busy ? 'Signing in…' : 'Sign in'}
      </Button>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <button type="button" className={textLinkLook} onClick={onForgot}>
          Forgot your password?
        </button>
        {maySignUp && (
          <button type="button" className={textLinkLook} onClick={onSignUp}>
            Make an account
          </button>
        )}
      </div>
    </form>
  )
}
