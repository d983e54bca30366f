import type { AskedConsent, OwnConsents } from '@confab/protocol/consent'
import { useState } from 'react'
import { giveConsents, readConsents } from '../../session/consents.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'
import { consentNames, consentWords } from './consent-names.ts'

interface ConsentProps {
  onAgreed: () => void
  onSignOut: () => Promise<void>
}

/** In place of the chat, for who has something to agree to before they go on. */
export function Consent({ onAgreed, onSignOut }: ConsentProps) {
  const found = useFetched(readConsents)
  const leaving = useTask(onSignOut)
  return (
    <main className="h-dvh overflow-y-auto bg-canvas">
      <div className="mx-auto grid max-w-xl gap-6 p-6">
        <h1 className="font-bold text-heading">Before you go on</h1>
        <FetchedFace fetched={found} />
        {found.value && <Form {...found.value} onAgreed={onAgreed} />}
        <Button
          look="quiet"
          className="justify-self-start"
          busy={leaving.busy}
          onClick={() => void leaving.run()}
        >
          Sign out instead
        </Button>
        <TaskError error={leaving.error} />
      </div>
    </main>
  )
}

function Form({ asked, missing, onAgreed }: OwnConsents & Pick<ConsentProps, 'onAgreed'>) {
  const [ticked, setTicked] = useState<ReadonlySet<AskedConsent>>(new Set())
  const wanted = asked.filter(({ kind }) => missing.includes(kind))
  const giving = useTask(() => giveConsents(wanted).then(onAgreed))
  const tick = (one: AskedConsent, on: boolean) => {
    const next = new Set(ticked)
    if (on) next.add(one)
    else next.delete(one)
    setTicked(next)
  }
  return (
    <form
      className="grid gap-6"
      onSubmit={(event) => {
        event.preventDefault()
        void giving.run()
      }}
    >
      {wanted.map((one) => (
        <section key={one.kind} aria-label={consentNames[one.kind]} className="grid gap-2">
          <h2 className="font-bold text-title">{consentNames[one.kind]}</h2>
          {one.kind !== 'age' && (
            <p className="max-h-72 overflow-y-auto whitespace-pre-wrap rounded-medium border border-line bg-surface p-4">
              {one.text}
            </p>
          )}
          <label className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-accent"
              checked={ticked.has(one)}
              onChange={({ target }) => tick(one, target.checked)}
            />
            {consentWords(one)}
          </label>
        </section>
      ))}
      <TaskError error={giving.error} />
      <Button
        type="submit"
        className="justify-self-start"
        busy={giving.busy}
        disabled={wanted.some((one) => !ticked.has(one))}
      >
        Go on
      </Button>
    </form>
  )
}
