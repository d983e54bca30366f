import type { FreshInvitation, Invitation } from '@confab/protocol/invitation'
import { useState } from 'react'
import { listInvitations, makeInvitation, revokeInvitation } from '../../session/administration.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { Section } from '../../ui/section.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useList } from '../../ui/use-list.ts'
import { useTask } from '../../ui/use-task.ts'
import { FreshLink } from './fresh-link.tsx'
import { NewInvitation } from './new-invitation.tsx'

/** Links with which strangers may make an account. */
export function Invitations() {
  const [fresh, setFresh] = useState<FreshInvitation>()
  const invitations = useList(listInvitations)
  const revoking = useTask((id: string) => revokeInvitation(id).finally(invitations.reload))
  const making = useTask(async (wanted: Parameters<typeof makeInvitation>[0]) => {
    setFresh(await makeInvitation(wanted))
    invitations.reload()
  })
  return (
    <Section title="Invitations" about="Who has such a link may make an account, unless nobody may.">
      <NewInvitation busy={making.busy} onMake={(wanted) => void making.run(wanted)} />
      {fresh && <FreshLink key={fresh.id} url={fresh.url} />}
      <TaskError error={making.error ?? revoking.error} />
      {invitations.items?.length === 0 && <p className="text-ink-faint">None is open.</p>}
      {invitations.items && invitations.items.length > 0 && (
        <ul aria-label="Invitations" className="grid gap-2">
          {invitations.items.map((one) => (
            <SettingRow key={one.id} title={usesOf(one)} detail={endOf(one)}>
              <Button
                look="danger"
                busy={revoking.busy}
                aria-label={`Revoke the invitation of ${exactTime(one.createdAt)}`}
                onClick={() => {
                  if (fresh?.id === one.id) setFresh(undefined)
                  void revoking.run(one.id)
                }}
              >
                Revoke
              </Button>
            </SettingRow>
          ))}
        </ul>
      )}
      <ListRest list={invitations} />
    </Section>
  )
}

const usesOf = ({ uses, usesMax }: Invitation): string =>
  usesMax === null ? `Used ${uses} times, of any number` : `Used ${uses} of ${usesMax} times`

const endOf = ({ expiresAt }: Invitation): string =>
  expiresAt === null ? 'Good until it is revoked' : `Good until ${exactTime(expiresAt)}`
