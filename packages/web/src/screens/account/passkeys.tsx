import { useState } from 'react'
import { deletePasskey, listPasskeys, renamePasskey } from '../../session/account-settings.ts'
import { addPasskey, canUsePasskeys } from '../../session/passkeys.ts'
import { timeAgo } from '../../state/times.ts'
import { useNow } from '../../state/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'

export function Passkeys() {
  const nowMs = useNow()
  const [name, setName] = useState('')
  const passkeys = useFetched(listPasskeys)
  const adding = useTask(async () => {
    await addPasskey(name.trim())
    setName('')
    passkeys.reload()
  })
  const renaming = useTask((id: string) =>
    renamePasskey(id, name.trim()).then(() => {
      setName('')
      passkeys.reload()
    }),
  )
  const deleting = useTask((id: string) => deletePasskey(id).finally(passkeys.reload))
  const isUnnamed = name.trim() === ''
  return (
    <Section title="Passkeys" about="Sign in with your finger, face or PIN, without a code or password.">
      <FetchedFace fetched={passkeys} />
      {passkeys.value?.length === 0 && <p className="text-ink-faint">You have none yet.</p>}
      {passkeys.value && passkeys.value.length > 0 && (
        <ul aria-label="Passkeys" className="grid grid-cols-1 gap-2">
          {passkeys.value.map(({ id, name: kept, createdAt }) => (
            <SettingRow
              key={id}
              title={<bdi>{kept || 'Unnamed'}</bdi>}
              detail={createdAt ? `Added ${timeAgo(createdAt, nowMs)}` : undefined}
            >
              {!isUnnamed && (
                <Button
                  look="quiet"
                  busy={renaming.busy}
                  aria-label={`Rename ${kept || 'it'} to ${name.trim()}`}
                  onClick={() => void renaming.run(id)}
                >
                  Rename
                </Button>
              )}
              <Button
                look="danger"
                busy={deleting.busy}
                aria-label={`Delete ${kept || 'the unnamed passkey'}`}
                onClick={() => void deleting.run(id)}
              >
                Delete
              </Button>
            </SettingRow>
          ))}
        </ul>
      )}
      {canUsePasskeys() ? (
        <form
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isUnnamed) void adding.run()
          }}
        >
          <TextField
            label="Name of a passkey"
            autoComplete="off"
            maxLength={60}
            placeholder="My phone"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button
            type="submit"
            look="quiet"
            className="justify-self-start"
            busy={adding.busy}
            disabled={isUnnamed}
          >
            Add a passkey
          </Button>
        </form>
      ) : (
        <p className="text-ink-faint text-small">This browser, or this address, can’t add one.</p>
      )}
      <TaskError error={adding.error ?? renaming.error ?? deleting.error} />
    </Section>
  )
}
