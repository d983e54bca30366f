import { useState } from 'react'
import { signUp } from '../../session/passwords.ts'
import { Button } from '../../ui/button.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { EmailField } from './email-field.tsx'
import { StepHead } from './step-head.tsx'
import { useEmailForm } from './use-email-form.ts'

interface SignUpStepProps {
  email: string
  onEmail: (email: string) => void
  onBack: () => void
  onDone: () => void
}

export function SignUpStep({ email, onEmail, onBack, onDone }: SignUpStepProps) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const making = useTask(() => signUp({ name: name.trim(), email: email.trim(), password }))
  const { wrong, form } = useEmailForm(
    email,
    () => name.trim() !== '' && making.run().then((made) => made && onDone()),
  )
  return (
    <form {...form}>
      <StepHead title="Make an account" />
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <EmailField value={email} onChange={onEmail} error={wrong} />
      <NewPasswordField value={password} onChange={setPassword} error={making.error} />
      <Button type="submit" busy={making.busy} disabled={name.trim() === '' || password === ''}>
        {making.busy ? 'One moment…' : 'Make my account'}
      </Button>
      <button type="button" className={`${textLinkLook} justify-self-start`} onClick={onBack}>
        I have an account
      </button>
    </form>
  )
}
