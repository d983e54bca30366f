import { useEffect, useState } from 'react'
import { needsName, ownProfile, requestCode, SignInError, signIn } from '../../session/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/use-task.ts'
import { CodeField, codeDigits } from './code-field.tsx'
import { useCountdown } from './use-countdown.ts'

const resendAfterS = 30

interface CodeStepProps {
  email: string
  onBack: () => void
  onSignedIn: (account: { named: boolean }) => void
}

export function CodeStep({ email, onBack, onSignedIn }: CodeStepProps) {
  const [code, setCode] = useState('')
  const [resent, setResent] = useState(0)
  const checking = useTask(async (typed: string) => {
    await signIn(email, typed)
    onSignedIn({ named: !needsName(await ownProfile(), Date.now()) })
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
          We sent a six-digit code to <strong className="font-semibold text-ink">{email}</strong>. It is good
          for five minutes.
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
        <button type="button" className={linkLook} onClick={onBack}>
          Use another address
        </button>
        <button type="button" className={linkLook} disabled={waitS > 0} onClick={() => void resend()}>
          {waitS > 0 ? `Send again in ${waitS} s` : 'Send the code again'}
        </button>
      </div>
      <p role="status" className="text-small empty:hidden">
        {sending.error ?? (resent > 0 ? 'A new code is on its way.' : '')}
      </p>
    </form>
  )
}

const linkLook =
  'min-h-9 rounded-small font-semibold text-accent underline-offset-4 hover:underline disabled:text-ink-faint disabled:no-underline'

/** On loopback, without a mail server, the mail lies in the preview inbox. */
function PreviewInboxHint({ email }: { email: string }) {
  const [local, setLocal] = useState(false)
  // After the first paint: the page is rendered at build, where there is no location.
  useEffect(() => setLocal(/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)), [])
  if (!local) return null
  return (
    <p className="rounded-medium bg-notice-soft px-3.5 py-2.5 text-notice text-small">
      Trying Confab on this machine? The mail waits in the{' '}
      <a
        className="font-semibold underline underline-offset-2"
        href={`/dev/mail?to=${encodeURIComponent(email)}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        preview inbox
      </a>
      .
    </p>
  )
}
