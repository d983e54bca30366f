import { useState } from 'react'
import { SignInError } from '../../session/call.ts'
import { giveSecondFactor } from '../../session/second-factor.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { useTask } from '../../ui/use-task.ts'
import { CodeField, codeDigits } from './code-field.tsx'
import { StepHead } from './step-head.tsx'

interface SecondFactorStepProps {
  onSignedIn: () => Promise<void>
  onBack: () => void
}

/** The app's code, or one of the recovery codes where the app is out of reach. */
export function SecondFactorStep({ onSignedIn, onBack }: SecondFactorStepProps) {
  const [of, setOf] = useState<'app' | 'recovery'>('app')
  const [code, setCode] = useState('')
  const checking = useTask(async (typed: string) => {
    await giveSecondFactor(typed, of)
    await onSignedIn()
  })
  const spent = checking.cause instanceof SignInError && checking.cause.codeSpent

  const change = (typed: string) => {
    setCode(typed)
    if (checking.error) checking.reset()
    if (of === 'app' && typed.length === codeDigits) void check(typed)
  }
  const check = async (typed: string) => {
    if (!(await checking.run(typed))) setCode('')
  }
  const turn = () => {
    setOf(of === 'app' ? 'recovery' : 'app')
    setCode('')
    checking.reset()
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '') void check(code.trim())
      }}
    >
      <StepHead title="One step more">
        {of === 'app'
          ? 'Type the code that your authenticator app shows now.'
          : 'Type one of the recovery codes that you put away. Each is good once.'}
      </StepHead>
      {of === 'app' ? (
        <CodeField value={code} onChange={change} busy={checking.busy} error={checking.error} />
      ) : (
        <TextField
          label="Recovery code"
          name="recovery-code"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={code}
          onChange={(event) => change(event.target.value)}
          error={checking.error}
        />
      )}
      {spent ? (
        <Button onClick={onBack}>Sign in again</Button>
      ) : (
        <Button type="submit" busy={checking.busy}>
          {checking.busy ? 'Signing in…' : 'Sign in'}
        </Button>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <button type="button" className={textLinkLook} onClick={turn}>
          {of === 'app' ? 'Use a recovery code' : 'Use the app’s code'}
        </button>
        <button type="button" className={textLinkLook} onClick={onBack}>
          Begin again
        </button>
      </div>
    </form>
  )
}
