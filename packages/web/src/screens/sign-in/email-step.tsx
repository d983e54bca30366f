import { type ReactNode, useState } from 'react'
import { requestCode } from '../../session/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/use-task.ts'
import { EmailField, problemOfEmail } from './email-field.tsx'
import { StepHead } from './step-head.tsx'

interface EmailStepProps {
  email: string
  /** Who may come, below the title. */
  about: ReactNode
  onEmail: (email: string) => void
  onSent: (email: string) => void
}

export function EmailStep({ email, about, onEmail, onSent }: EmailStepProps) {
  const [wrong, setWrong] = useState<string>()
  const sending = useTask(requestCode)
  const submit = async () => {
    const address = email.trim()
    const problem = problemOfEmail(address)
    setWrong(problem)
    if (!problem && (await sending.run(address))) onSent(address)
  }
  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <StepHead title="Sign in">{about}</StepHead>
      <EmailField value={email} onChange={onEmail} error={wrong ?? sending.error} />
      <Button type="submit" busy={sending.busy}>
        {sending.busy ? 'Sending the code…' : 'Mail me a code'}
      </Button>
    </form>
  )
}
