import { useState } from 'react'
import { requestCode, type SignedIn, signIn } from '../../session/accounts.ts'
import { SignInError } from '../../session/call.ts'
import { Button } from '../../ui/button.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { CodeField, codeDigits } from './code-field.tsx'
import { PreviewInboxHint } from './preview-inbox-hint.tsx'
import { useCountdown } from './use-countdown.ts'

const resendAfterS = 30

interface CodeStepProps {
  email: string
  onBack: () => void
  onFirstFactor: (signedIn: SignedIn) => Promise<void>
}

export function CodeStep({ email, onBack, onFirstFactor }: CodeStepProps) {
  const [code, setCode] = useState('')
  const [resent, setResent] = useState(0)
  const checking = useTask(async (typed: string) => {
    await onFirstFactor(await signIn(email, typed))
  })
  const sending = useTask(requestCode)
  const waitS = useCountdown(resendAfterS, { restart: resent })
  const spent = checking.cause instanceof SignInError && checking.cause.codeSpent

  const change = (digits: string) => {
    setCode(digits)
    if (checking.error) checking.reset()
    if (digits.length === codeDigits) void check(digits)
  }
  const check = async (digits: string) => {
    if (!(await checking.run(digits))) setCode('')
  }
  const resend = async () => {
    if (!(await sending.run(email))) return
    checking.reset()
    setCode('')
    setResent((count) => count + 1)
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === codeDigits) void check(code)
      }}
    >
      <div>
        <h2 className="font-bold text-heading tracking-[-0.015em]">Check your mail</h2>
        <p className="mt-1 text-ink-soft">
          The newest mail to <strong className="break-words font-semibold text-ink">{email}</strong> has a
          six-digit code, good for five minutes.
        </p>
      </div>
      <PreviewInboxHint email={email} />
      <CodeField value={code} onChange={change} busy={checking.busy} error={checking.error} />
      {spent ? (
        <Button busy={sending.busy} onClick={() => void resend()}>
          Send a new code
        </Button>
      ) : (
        <Button type="submit" busy={checking.busy}>
          {checking.busy ? 'Signing in…' : 'Sign in'}
        </Button>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-small">
        <button type="button" className={textLinkLook} onClick={onBack}>
          Use another address
        </button>
        <button type="button" className={textLinkLook} disabled={waitS > 0} onClick={() => void resend()}>
          {waitS > 0 ? `Send again in ${waitS} s` : 'Send the code again'}
        </button>
      </div>
      <p role="status" className="text-small empty:hidden">
        {sending.error ?? (resent > 0 ? 'A new code is on its way.' : '')}
      </p>
    </form>
  )
}
