import type { PublishedConsents } from '@confab/protocol/consent'
import { useState } from 'react'
import { changeConsentSettings, readConsentSettings } from '../../session/consents.ts'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { SettingForm } from './setting-form.tsx'

export function ConsentForm() {
  const set = useFetched(readConsentSettings)
  return (
    <Section
      title="What people agree to"
      about="Asked of everybody, you included, before they go on. A changed text is a new version, and asked for again. Empty asks for nothing."
    >
      <FetchedFace fetched={set} />
      {set.value && <Form set={set.value} />}
    </Section>
  )
}

function Form({ set }: { set: PublishedConsents }) {
  const [terms, setTerms] = useState(set.terms ?? '')
  const [privacy, setPrivacy] = useState(set.privacy ?? '')
  const [age, setAge] = useState(set.minimumAge === null ? '' : `${set.minimumAge}`)
  // Over what was read here: what another administrator has published since isn't undone unseen.
  const [versions, setVersions] = useState(set.versions)
  const save = async () => {
    const published = await changeConsentSettings({
      versions,
      terms: terms.trim() === '' ? null : terms,
      privacy: privacy.trim() === '' ? null : privacy,
      minimumAge: age.trim() === '' ? null : Number(age),
    })
    setVersions(published.versions)
  }
  return (
    <SettingForm action="Ask for this" done="Set. Everybody is asked when they next come." save={save}>
      <TextArea label="Terms of use" value={terms} onChange={setTerms} />
      <TextArea label="Privacy policy" value={privacy} onChange={setPrivacy} />
      <TextField
        label="Minimum age"
        inputMode="numeric"
        autoComplete="off"
        hint="People say that they are old enough. Neither a birthday nor an age is kept."
        value={age}
        onChange={(event) => setAge(event.target.value.replace(/\D/g, '').slice(0, 2))}
      />
    </SettingForm>
  )
}

interface TextAreaProps {
  label: string
  value: string
  onChange: (text: string) => void
}

function TextArea({ label, value, onChange }: TextAreaProps) {
  return (
    <label className="grid gap-1.5">
      <span className="font-semibold text-small">{label}</span>
      <textarea
        rows={5}
        maxLength={50_000}
        className="rounded-medium border border-line-strong bg-surface p-3"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  )
}
