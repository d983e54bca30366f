import type { GivenConsent } from '@confab/protocol/consent'
import { useState } from 'react'
import { readConsents, readConsentText, withdrawConsent } from '../../session/consents.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'
import { consentNames } from '../consent/consent-names.ts'

/** What one has agreed to; nothing where nothing was ever asked. */
export function GivenConsents() {
  const found = useFetched(readConsents)
  const withdrawing = useTask((kind: Parameters<typeof withdrawConsent>[0]) =>
    // The socket that is open was let in: afresh, the question comes.
    withdrawConsent(kind).then(() => location.reload()),
  )
  const [text, setText] = useState<{ title: string; text: string }>()
  const reading = useTask(async ({ kind, version }: Pick<GivenConsent, 'kind' | 'version'>) => {
    setText({
      title: `${consentNames[kind]}, version ${version}`,
      text: await readConsentText(kind, version),
    })
  })
  const { value } = found
  if (value?.asked.length === 0 && value.given.length === 0) return null
  return (
    <Section title="What you agreed to" about="You can take it back, and are then asked before you go on.">
      <FetchedFace fetched={found} />
      <ul aria-label="What you agreed to" className="grid grid-cols-1 gap-2">
        {value?.given.map(({ kind, version, givenAt, withdrawnAt }) => (
          <SettingRow
            key={`${kind} ${version} ${givenAt}`}
            title={`${consentNames[kind]}, version ${version}`}
            detail={`Agreed ${exactTime(givenAt)}${withdrawnAt ? `, taken back ${exactTime(withdrawnAt)}` : ''}`}
          >
            {kind !== 'age' && (
              <Button
                look="quiet"
                busy={reading.busy}
                aria-label={`Read ${consentNames[kind]}, version ${version}`}
                onClick={() => void reading.run({ kind, version })}
              >
                Read
              </Button>
            )}
            {withdrawnAt === null && (
              <Button
                look="quiet"
                busy={withdrawing.busy}
                aria-label={`Take back ${consentNames[kind]}, version ${version}`}
                onClick={() => void withdrawing.run(kind)}
              >
                Take back
              </Button>
            )}
          </SettingRow>
        ))}
      </ul>
      <TaskError error={withdrawing.error ?? reading.error} />
      <Sheet title={text?.title ?? ''} open={text !== undefined} onOpenChange={() => setText(undefined)}>
        <p className="whitespace-pre-wrap break-words p-4">{text?.text}</p>
      </Sheet>
    </Section>
  )
}
