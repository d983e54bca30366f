import type { ReactNode } from 'react'
import { requestCode } from '../../session/accounts.ts'
import { SignInError } from '../../session/call.ts'
import { Button } from '../../ui/button.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { EmailField } from './email-field.tsx'
import { StepHead } from './step-head.tsx'
import { useEmailForm } from './use-email-form.ts'

interface EmailStepProps {
  email: string
  /** Who may come, below the title. */
  about: ReactNode
  onEmail: (email: string) => void
  onSent: (email: string) => void
}

export function EmailStep({ email, about, onEmail, onSent }: EmailStepProps) {
  const sending = useTask(requestCode)
  const { wrong, form } = useEmailForm(email, (address) =>
    sending.run(address).then((sent) => sent && onSent(address)),
  )
  // Others may have asked for too many: theirs came to this mail too, and the newest is good.
  const isRefused = sending.cause instanceof SignInError && sending.cause.code === 'rate_limited'
  return (
    <form {...form}>
      <StepHead title="Sign in">{about}</StepHead>
      <EmailField value={email} onChange={onEmail} error={wrong ?? sending.error} />
      <Button type="submit" busy={sending.busy}>
        {sending.busy ? 'Sending the code…' : 'Mail me a code'}
      </Button>
      {isRefused && (
        <button type="button" className={textLinkLook} onClick={() => onSent(email.trim())}>
          I have a code already
        </button>
      )}
    </form>
  )
}
