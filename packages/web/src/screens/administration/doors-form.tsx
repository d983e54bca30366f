import type { AccountSettings, SignInWay } from '@confab/protocol/account-settings'
import { useId, useState } from 'react'
import { changeAccountSettings } from '../../session/administration.ts'
import { Section } from '../../ui/section.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { SettingForm } from './setting-form.tsx'

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

const factorRules: { rule: AccountSettings['secondFactor']; label: string }[] = [
  { rule: 'optional', label: 'Nobody: each decides for themselves' },
  { rule: 'administrators', label: 'Administrators' },
  { rule: 'everybody', label: 'Everybody' },
]

const rowLook = 'flex min-h-11 items-center gap-3'

export function DoorsForm({ settings }: { settings: AccountSettings }) {
  const [signIn, setSignIn] = useState(settings.signIn)
  const [signUp, setSignUp] = useState(settings.signUp)
  const [domains, setDomains] = useState(settings.domains.join(', '))
  const [secondFactor, setSecondFactor] = useState(settings.secondFactor)
  const save = () =>
    changeAccountSettings({
      signIn,
      signUp,
      domains: domains.split(/[\s,]+/).filter((domain) => domain !== ''),
      secondFactor,
    })
  return (
    <Section title="Signing in and up" about="It holds from the next sign-in on. Who is here stays.">
      <SettingForm action="Save" done="Saved." isUnready={signIn.length === 0} save={save}>
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
        <Rules
          legend="Who may make an account"
          name="sign-up"
          rules={rules}
          value={signUp}
          onChange={setSignUp}
        />
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
        <Rules
          legend="Who must come with a second factor"
          name="second-factor"
          rules={factorRules}
          value={secondFactor}
          onChange={setSecondFactor}
          hint="An app’s code after the first step, or a passkey. Whoever has none is asked to set one up as soon as you save, and goes no further until then. You need one yourself first."
        />
      </SettingForm>
    </Section>
  )
}

interface RulesProps<Rule extends string> {
  legend: string
  name: string
  rules: readonly { rule: Rule; label: string }[]
  value: Rule
  onChange: (rule: Rule) => void
  hint?: string
}

function Rules<Rule extends string>({ legend, name, rules, value, onChange, hint }: RulesProps<Rule>) {
  const hintId = useId()
  return (
    <fieldset aria-describedby={hint ? hintId : undefined}>
      <legend className="font-semibold text-small">{legend}</legend>
      {rules.map(({ rule, label }) => (
        <label key={rule} className={rowLook}>
          <input
            type="radio"
            name={name}
            className="size-5 shrink-0 accent-accent"
            checked={value === rule}
            onChange={() => onChange(rule)}
          />
          {label}
        </label>
      ))}
      {hint && (
        <p id={hintId} className="mt-1 text-ink-soft text-small">
          {hint}
        </p>
      )}
    </fieldset>
  )
}
