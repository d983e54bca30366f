import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

interface SettingFormProps {
  /** What the button says, and what is said once it is done. */
  action: string
  done: string
  /** Nothing can be saved as it is now. */
  isUnready?: boolean
  save: () => Promise<unknown>
  children: ReactNode
}

/** What administrators set: fields, a button, and a word that holds until something is changed again. */
export function SettingForm({ action, done, isUnready = false, save, children }: SettingFormProps) {
  const [saved, setSaved] = useState(false)
  const saving = useTask(save)
  return (
    <form
      noValidate
      className="grid gap-4"
      onChange={() => setSaved(false)}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isUnready) void saving.run().then(setSaved)
      }}
    >
      {children}
      <TaskError error={saving.error} />
      <Button type="submit" busy={saving.busy} disabled={isUnready} className="justify-self-start">
        {action}
      </Button>
      <p role="status" className="text-small empty:hidden">
        {saved && done}
      </p>
    </form>
  )
}
