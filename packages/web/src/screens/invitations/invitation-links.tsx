import type { FreshInvitation, Invitation } from '@confab/protocol/invitation'
import { useState } from 'react'
import type { InvitationDoor, WantedInvitation } from '../../session/invitation-door.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useList } from '../../ui/use-list.ts'
import { useTask } from '../../ui/use-task.ts'
import { FreshLink } from './fresh-link.tsx'
import { NewInvitation } from './new-invitation.tsx'

/** The links that lead to one place, for who may make and revoke them there. */
export function InvitationLinks({ door }: { door: InvitationDoor }) {
  const [fresh, setFresh] = useState<FreshInvitation>()
  const invitations = useList(door.list)
  const revoking = useTask((id: string) => door.revoke(id).finally(invitations.reload))
  const making = useTask(async (wanted: WantedInvitation) => {
    setFresh(await door.make(wanted))
    invitations.reload()
  })
  return (
    <>
      <NewInvitation busy={making.busy} onMake={(wanted) => void making.run(wanted)} />
      {fresh && <FreshLink key={fresh.id} url={fresh.url} />}
      <TaskError error={making.error ?? revoking.error} />
      {invitations.items?.length === 0 && <p className="text-ink-faint">None is open.</p>}
      {invitations.items && invitations.items.length > 0 && (
        <ul aria-label="Invitations" className="grid grid-cols-1 gap-2">
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
    </>
  )
}

const usesOf = ({ uses, usesMax }: Invitation): string =>
  usesMax === null ? `Used ${uses} times, of any number` : `Used ${uses} of ${usesMax} times`

const endOf = ({ expiresAt }: Invitation): string =>
  expiresAt === null ? 'Good until it is revoked' : `Good until ${exactTime(expiresAt)}`
