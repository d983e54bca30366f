import type { Retention } from '@confab/protocol/retention'
import { useState } from 'react'
import { changeRetention, readRetention } from '../../session/retention.ts'
import { DaysChoice } from '../../ui/days-choice.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { SettingForm } from './setting-form.tsx'

export function RetentionForm() {
  const set = useFetched(readRetention)
  return (
    <Section
      title="How long messages stay"
      about="Older ones are deleted for everybody, in every conversation: nothing brings them back. A conversation’s admins can choose less."
    >
      <FetchedFace fetched={set} />
      {set.value && <Form set={set.value} />}
    </Section>
  )
}

function Form({ set }: { set: Retention }) {
  const [days, setDays] = useState(set.days)
  return (
    <SettingForm action="Set how long" done="Saved." save={() => changeRetention({ days })}>
      <DaysChoice label="Keep messages" none="For ever" value={days} onChange={setDays} />
    </SettingForm>
  )
}
