import type { Retention } from '@confab/protocol/retention'
import { useState } from 'react'
import { changeRetention, readRetention } from '../../session/retention.ts'
import { Button } from '../../ui/button.tsx'
import { DaysChoice } from '../../ui/days-choice.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'

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
  const [saved, setSaved] = useState(false)
  const saving = useTask(() => changeRetention({ days }))
  return (
    <form
      className="grid gap-4"
      onChange={() => setSaved(false)}
      onSubmit={(event) => {
        event.preventDefault()
        void saving.run().then(setSaved)
      }}
    >
      <DaysChoice label="Keep messages" none="For ever" value={days} onChange={setDays} />
      <TaskError error={saving.error} />
      <Button type="submit" busy={saving.busy} className="justify-self-start">
        Set how long
      </Button>
      <p role="status" className="text-small empty:hidden">
        {saved && 'Saved.'}
      </p>
    </form>
  )
}
