import { useState } from 'react'
import type { SecondFactor } from '../../session/account-settings.ts'
import { withNewSession } from '../../session/new-session.ts'
import { giveSecondFactor } from '../../session/second-factor.ts'
import { Button } from '../../ui/button.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { useTask } from '../../ui/use-task.ts'
import { CodeField, codeDigits } from '../sign-in/code-field.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** From the secret to the app's first code, by which it is on. */
export function LayDownSecondFactor({ laidDown: { totpURI, backupCodes } }: { laidDown: SecondFactor }) {
  const [code, setCode] = useState('')
  const turningOn = useTask(() => withNewSession(() => giveSecondFactor(code, 'app')))
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === codeDigits) void turningOn.run().then((on) => on || setCode(''))
      }}
    >
      <p>
        Scan this with your authenticator app, type the key below it, or{' '}
        <a className="font-semibold text-accent underline underline-offset-2" href={totpURI}>
          open it there
        </a>
        , if the app is on this device:
      </p>
      <QrCode text={totpURI} label="The key as a QR code" />
      <code className="select-all rounded-medium bg-sunken px-3.5 py-2.5 text-[1rem]">
        {new URL(totpURI).searchParams.get('secret')}
      </code>
      <RecoveryCodes codes={backupCodes} />
      <p>Then type the code that the app shows:</p>
      <CodeField value={code} onChange={setCode} busy={turningOn.busy} error={turningOn.error} />
      <Button
        type="submit"
        className="justify-self-start"
        busy={turningOn.busy}
        disabled={code.length < codeDigits}
      >
        Turn it on
      </Button>
    </form>
  )
}
