import type { SignInOptions } from '@confab/protocol/account-settings'
import { useEffect, useState } from 'react'
import { goToProvider } from '../../session/doors.ts'
import { canUsePasskeys, signInByPasskey } from '../../session/passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

interface OtherWaysProps {
  doors: SignInOptions
  /** The one whose form is shown, if any. */
  way: 'code' | 'password' | undefined
  onWay: (way: 'code' | 'password') => void
  onSignedIn: () => Promise<void>
}

/** The ways in that are open besides the one whose form is shown. */
export function OtherWays({ doors, way, onWay, onSignedIn }: OtherWaysProps) {
  const passkeys = usePasskeys() && doors.signIn.includes('passkey')
  const byPasskey = useTask(() => signInByPasskey().then(onSignedIn))
  const leaving = useTask(goToProvider)
  const other = (['code', 'password'] as const).filter((one) => one !== way && doors.signIn.includes(one))
  if (other.length === 0 && !passkeys && doors.providers.length === 0) return null
  return (
    <div className="mt-6 grid gap-3 border-line border-t pt-6">
      {other.map((one) => (
        <Button key={one} look="quiet" onClick={() => onWay(one)}>
          {one === 'code' ? 'Use a code by mail' : 'Use a password'}
        </Button>
      ))}
      {passkeys && (
        <Button look="quiet" busy={byPasskey.busy} onClick={() => void byPasskey.run()}>
          Use a passkey
        </Button>
      )}
      {doors.providers.map(({ id, name }) => (
        <Button key={id} look="quiet" busy={leaving.busy} onClick={() => void leaving.run(id)}>
          Continue with {name}
        </Button>
      ))}
      <TaskError error={byPasskey.error ?? leaving.error} />
    </div>
  )
}

/** False at first: the page is rendered at build, where there is no browser to ask. */
function usePasskeys(): boolean {
  const [can, setCan] = useState(false)
  useEffect(() => setCan(canUsePasskeys()), [])
  return can
}
