import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useTask } from '../../ui/use-task.ts'

/** Shown once: the server keeps no more than the token's hash. */
export function FreshLink({ url }: { url: string }) {
  const [copied, setCopied] = useState(false)
  const copying = useTask(() => navigator.clipboard.writeText(url))
  return (
    <div className="grid gap-3 rounded-medium bg-accent-soft p-4">
      <TextField
        label="The invitation’s link"
        readOnly
        value={url}
        onFocus={(event) => event.target.select()}
        hint="Copy it now: it is shown this once."
      />
      <Button className="justify-self-start" onClick={() => void copying.run().then(setCopied)}>
        Copy the link
      </Button>
      <TaskError error={copying.error && 'The browser refused. Select the link and copy it yourself.'} />
      <p role="status" className="text-small empty:hidden">
        {copied && 'Copied.'}
      </p>
    </div>
  )
}
