import { useState } from 'react'
import { requestCode } from '../../session/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

interface EmailStepProps {
  email: string
  onEmail: (email: string) => void
  onSent: (email: string) => void
}

export function EmailStep({ email, onEmail, onSent }: EmailStepProps) {
  const [wrong, setWrong] = useState<string>()
  const sending = useTask(requestCode)
  const submit = async () => {
    const address = email.trim()
    const valid = /^[^\s@]+@[^\s@]+$/.test(address)
    setWrong(valid ? undefined : 'Type your email address, like ada@example.org.')
    if (valid && (await sending.run(address))) onSent(address)
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
      <div>
        <h2 className="font-bold text-heading tracking-[-0.015em]">Sign in</h2>
        <p className="mt-1 text-ink-soft">New here? The same step makes your account.</p>
      </div>
      <TextField
        label="Email"
        name="email"
        type="email"
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="you@example.org"
        value={email}
        onChange={(event) => onEmail(event.target.value)}
        error={wrong ?? sending.error}
      />
      <Button type="submit" busy={sending.busy}>
        {sending.busy ? 'Sending the code…' : 'Mail me a code'}
      </Button>
    </form>
  )
}
