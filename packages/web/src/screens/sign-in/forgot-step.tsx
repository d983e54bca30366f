import { requestReset } from '../../session/passwords.ts'
import { Button } from '../../ui/button.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { EmailField } from './email-field.tsx'
import { StepHead } from './step-head.tsx'
import { useEmailForm } from './use-email-form.ts'

interface ForgotStepProps {
  email: string
  onEmail: (email: string) => void
  onBack: () => void
  onDone: () => void
}

export function ForgotStep({ email, onEmail, onBack, onDone }: ForgotStepProps) {
  const sending = useTask(requestReset)
  const { wrong, form } = useEmailForm(email, (address) =>
    sending.run(address).then((sent) => sent && onDone()),
  )
  return (
    <form {...form}>
      <StepHead title="A new password">
        We mail you a link with which you choose one. It is good for half an hour.
      </StepHead>
      <EmailField value={email} onChange={onEmail} error={wrong ?? sending.error} />
      <Button type="submit" busy={sending.busy}>
        {sending.busy ? 'One moment…' : 'Mail me the link'}
      </Button>
      <button type="button" className={`${textLinkLook} justify-self-start`} onClick={onBack}>
        Back to signing in
      </button>
    </form>
  )
}
