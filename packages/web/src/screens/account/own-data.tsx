import type { DataExport } from '@confab/protocol/data-export'
import { useEffect } from 'react'
import { askExport, exportPath, readExport } from '../../session/own-data.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { linkButtonLook } from '../../ui/link-button.ts'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'

const lookEveryMs = 1_500

/** A copy of everything about oneself: asked for, waited for, fetched. */
export function OwnData() {
  const found = useFetched(readExport)
  const asking = useTask(() => askExport().finally(found.reload))
  const { value, reload } = found
  const isUnderWay = value?.status === 'waiting' || value?.status === 'running'
  useEffect(() => {
    if (!isUnderWay || value === undefined) return
    const timer = setTimeout(reload, lookEveryMs)
    return () => clearTimeout(timer)
  }, [isUnderWay, value, reload])
  return (
    <Section
      title="Your data"
      about="A zip of all that is kept about you: profile, messages, conversations, devices. You get a mail when it is ready."
    >
      <FetchedFace fetched={found} />
      {value && isUnderWay && <Progress part={value.progress} />}
      {value?.status === 'ready' && <Ready {...value} />}
      {value?.status === 'failed' && (
        <p role="alert" className="text-danger text-small">
          It could not be made. An administrator can see why.
        </p>
      )}
      {value && !isUnderWay && value.mayAskAt === null && (
        <Button
          look="quiet"
          className="justify-self-start"
          busy={asking.busy}
          onClick={() => void asking.run()}
        >
          {value.status === 'ready' ? 'Prepare a new copy' : 'Prepare a copy'}
        </Button>
      )}
      <TaskError error={asking.error} />
    </Section>
  )
}

function Progress({ part }: { part: number }) {
  return (
    <label className="grid gap-2">
      <span role="status">Your copy is being prepared. You may leave this page.</span>
      <progress className="w-full accent-accent" value={part} max={1} />
    </label>
  )
}

function Ready({ bytes, expiresAt }: Pick<DataExport, 'bytes' | 'expiresAt'>) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <a href={exportPath} download="confab-export.zip" className={linkButtonLook}>
        Download ({sizeWords(bytes ?? 0)})
      </a>
      {expiresAt && <p className="text-ink-soft text-small">Until {exactTime(expiresAt)}</p>}
    </div>
  )
}

function sizeWords(bytes: number): string {
  const [unit, divisor] =
    bytes < 1_000_000 ? (['kilobyte', 1_000] as const) : (['megabyte', 1_000_000] as const)
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: 1 })
  return format.format(bytes / divisor)
}
