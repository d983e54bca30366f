import { useState } from 'react'
import {
  beginSecondFactor,
  type Credentials,
  endSecondFactor,
  newRecoveryCodes,
  type SecondFactor,
} from '../../session/account-settings.ts'
import { withNewSession } from '../../session/new-session.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/section.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'
import { LayDownSecondFactor } from './lay-down-second-factor.tsx'
import { OwnPasswordField } from './own-password-field.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** off -- turn on --> laid down, shown once -- a first code of the app --> on -- turn off --> off */
export function SecondFactorSettings({ hasPassword, hasSecondFactor }: Credentials) {
  const [password, setPassword] = useState('')
  const [laidDown, setLaidDown] = useState<SecondFactor>()
  const [codes, setCodes] = useState<string[]>()
  const given = hasPassword ? password : undefined
  const beginning = useTask(async () => setLaidDown(await beginSecondFactor(given)))
  const ending = useTask(() => withNewSession(() => endSecondFactor(given)))
  const renewing = useTask(async () => setCodes(await newRecoveryCodes(given)))
  const isUnready = hasPassword && password === ''
  return (
    <Section
      title="Two-step sign-in"
      about={
        hasSecondFactor
          ? 'It is on: after a code by mail or a password, your authenticator app’s code is asked for.'
          : 'With it, a code by mail or a password is not enough: an app on your phone adds a code.'
      }
    >
      {laidDown ? (
        <LayDownSecondFactor laidDown={laidDown} />
      ) : (
        <>
          {hasPassword && <OwnPasswordField value={password} onChange={setPassword} />}
          <div className="flex flex-wrap gap-3">
            {hasSecondFactor ? (
              <>
                <Button
                  look="quiet"
                  busy={renewing.busy}
                  disabled={isUnready}
                  onClick={() => void renewing.run()}
                >
                  New recovery codes
                </Button>
                <Button
                  look="danger"
                  busy={ending.busy}
                  disabled={isUnready}
                  onClick={() => void ending.run()}
                >
                  Turn it off
                </Button>
              </>
            ) : (
              <Button
                look="quiet"
                busy={beginning.busy}
                disabled={isUnready}
                onClick={() => void beginning.run()}
              >
                Turn it on
              </Button>
            )}
          </div>
          <TaskError error={beginning.error ?? ending.error ?? renewing.error} />
          {codes && <RecoveryCodes codes={codes} />}
        </>
      )}
    </Section>
  )
}
