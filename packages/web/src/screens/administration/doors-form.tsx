import type { AccountSettings, SignInWay } from '@confab/protocol/account-settings'
import { useState } from 'react'
import { changeAccountSettings } from '../../session/administration.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

const ways: { way: SignInWay; label: string }[] = [
  { way: 'code', label: 'A code by mail' },
  { way: 'password', label: 'A password' },
  { way: 'passkey', label: 'A passkey' },
  { way: 'oidc', label: 'Another service (OpenID Connect), where one is set up' },
]

const rules: { rule: AccountSettings['signUp']; label: string }[] = [
  { rule: 'open', label: 'Everybody' },
  { rule: 'invited', label: 'Who has an invitation’s link' },
  { rule: 'domains', label: 'Addresses of some domains, and who was invited' },
  { rule: 'closed', label: 'Nobody new' },
]

const rowLook = 'flex min-h-11 items-center gap-3'

export function DoorsForm({ settings }: { settings: AccountSettings }) {
  const [signIn, setSignIn] = useState(settings.signIn)
  const [signUp, setSignUp] = useState(settings.signUp)
  const [domains, setDomains] = useState(settings.domains.join(', '))
  const [saved, setSaved] = useState(false)
  const saving = useTask(() =>
    changeAccountSettings({
      signIn,
      signUp,
      domains: domains.split(/[\s,]+/).filter((domain) => domain !== ''),
    }),
  )
  return (
    <Section title="Signing in and up" about="It holds from the next sign-in on. Who is here stays.">
      <form
        noValidate
        className="grid gap-5"
        onChange={() => setSaved(false)}
        onSubmit={(event) => {
          event.preventDefault()
          if (signIn.length > 0) void saving.run().then(setSaved)
        }}
      >
        <fieldset>
          <legend className="font-semibold text-small">Ways in that are open</legend>
          {ways.map(({ way, label }) => (
            <label key={way} className={rowLook}>
              <input
                type="checkbox"
                className="size-5 shrink-0 accent-accent"
                checked={signIn.includes(way)}
                onChange={({ target }) =>
                  setSignIn(target.checked ? [...signIn, way] : signIn.filter((one) => one !== way))
                }
              />
              {label}
            </label>
          ))}
          {signIn.length === 0 && (
            <p role="alert" className="text-danger text-small">
              One must stay open, or nobody could come in again.
            </p>
          )}
        </fieldset>
        <fieldset>
          <legend className="font-semibold text-small">Who may make an account</legend>
          {rules.map(({ rule, label }) => (
            <label key={rule} className={rowLook}>
              <input
                type="radio"
                name="sign-up"
                className="size-5 shrink-0 accent-accent"
                checked={signUp === rule}
                onChange={() => setSignUp(rule)}
              />
              {label}
            </label>
          ))}
        </fieldset>
        {signUp === 'domains' && (
          <TextField
            label="Domains"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder="example.org, example.net"
            value={domains}
            onChange={(event) => setDomains(event.target.value)}
            hint="A subdomain is another domain: name each."
          />
        )}
        <TaskError error={saving.error} />
        <Button
          type="submit"
          busy={saving.busy}
          disabled={signIn.length === 0}
          className="justify-self-start"
        >
          Save
        </Button>
        <p role="status" className="text-small empty:hidden">
          {saved && 'Saved.'}
        </p>
      </form>
    </Section>
  )
}
