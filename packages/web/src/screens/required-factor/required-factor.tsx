import { ownFactors } from '../../session/account-settings.ts'
import { withNewSession } from '../../session/new-session.ts'
import { addPasskey, canUsePasskeys, signInByPasskey } from '../../session/passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'
import { SecondFactorSettings } from '../account/second-factor-settings.tsx'

interface RequiredFactorProps {
  /** For who may go on as they are. */
  onBack: (() => void) | undefined
  onSignOut: () => Promise<void>
}

/** In place of the chat, for who came with one factor where an administrator requires two. */
export function RequiredFactor({ onBack, onSignOut }: RequiredFactorProps) {
  const own = useFetched(ownFactors)
  const leaving = useTask(onSignOut)
  const mayUsePasskey = own.value?.passkeysOpen === true && canUsePasskeys()
  const has = own.value && { app: own.value.hasSecondFactor, passkey: own.value.hasPasskey }
  return (
    <main className="h-dvh overflow-y-auto bg-canvas">
      <div className="mx-auto grid max-w-xl gap-6 p-6">
        <div>
          <h1 className="font-bold text-heading">One more step</h1>
          <h2 className="mt-2 text-ink-soft">
            {onBack
              ? 'To ask this of others, come with two steps yourself. '
              : 'This server asks for two steps. '}
            {has?.app || has?.passkey
              ? 'You came here with one: sign in with the second one too. Who has lost it asks an administrator.'
              : 'A stolen password or mailbox isn’t enough then. It takes a minute.'}
          </h2>
        </div>
        <FetchedFace fetched={own} />
        {has?.passkey && mayUsePasskey && <UsePasskey />}
        {has && !has.app && !has.passkey && (
          <div>
            <SecondFactorSettings hasPassword={own.value?.hasPassword ?? false} hasSecondFactor={false} />
            {mayUsePasskey && <MakePasskey onFailed={own.reload} />}
          </div>
        )}
        <div className="flex flex-wrap gap-3">
          {onBack && (
            <Button look="quiet" onClick={onBack}>
              Not now
            </Button>
          )}
          <Button look="quiet" busy={leaving.busy} onClick={() => void leaving.run()}>
            {has?.app ? 'Sign out, and in again' : 'Sign out instead'}
          </Button>
        </div>
        <TaskError error={leaving.error} />
      </div>
    </main>
  )
}

function UsePasskey() {
  const using = useTask(() => withNewSession(signInByPasskey))
  return (
    <div className="grid gap-3">
      <Button className="justify-self-start" busy={using.busy} onClick={() => void using.run()}>
        Use your passkey
      </Button>
      <TaskError error={using.error} />
    </div>
  )
}

/** The session that has made one came with one factor all the same: signing in with it begins another. */
function MakePasskey({ onFailed }: { onFailed: () => void }) {
  const making = useTask(() =>
    withNewSession(async () => {
      await addPasskey('Passkey')
      await signInByPasskey()
    }).catch((cause: unknown) => {
      onFailed()
      throw cause
    }),
  )
  return (
    <Section title="Or a passkey" about="Your finger, face or PIN on this device is both steps in one.">
      <Button
        look="quiet"
        className="justify-self-start"
        busy={making.busy}
        onClick={() => void making.run()}
      >
        Make a passkey
      </Button>
      <TaskError error={making.error} />
    </Section>
  )
}
