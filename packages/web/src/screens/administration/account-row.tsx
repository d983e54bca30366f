import type { Account } from '@confab/protocol/account'
import { useEffect, useRef, useState } from 'react'
import {
  changeServerRole,
  endAccountSessions,
  reinstateAccount,
  removeSecondFactor,
  suspendAccount,
} from '../../session/moderation.ts'
import { exactTime, timeAgo } from '../../state/times.ts'
import { showToast } from '../../state/toasts.ts'
import { useNow } from '../../state/use-now.ts'
import { useMe } from '../../state/use-people.ts'
import { Button } from '../../ui/button.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFocusHandedOn } from '../../ui/use-focus-handed-on.ts'
import { useTask } from '../../ui/use-task.ts'
import { RemoveFactorForm } from './remove-factor-form.tsx'
import { SuspendForm } from './suspend-form.tsx'

interface AccountRowProps {
  account: Account
  onChanged: () => void
}

export function AccountRow({ account, onChanged }: AccountRowProps) {
  const { id, name, email, serverRole, suspension, secondFactor } = account
  const isMe = useMe()?.id === id
  const [suspending, setSuspending] = useState(false)
  const [unfactoring, setUnfactoring] = useState(false)
  const row = useRef<HTMLLIElement>(null)
  useFocusHandedOn(row)
  const changing = useTask((deed: () => Promise<unknown>) => deed().finally(onChanged))
  const used = useRef(false)
  const isSuspended = suspension !== null
  const change = async (deed: () => Promise<unknown>) => {
    used.current = true
    await changing.run(deed)
  }
  const isAdmin = serverRole === 'admin'
  const shown = `${suspending} ${unfactoring} ${isSuspended}`
  useEffect(() => {
    // Where what was used is gone, the focus went with it.
    if (shown && used.current && document.activeElement === document.body) row.current?.focus()
  }, [shown])

  return (
    <li ref={row} tabIndex={-1} className="grid grid-cols-1 gap-3 rounded-medium border border-line p-4">
      <div className="flex items-center gap-3">
        <PersonLine
          user={account}
          note={isMe && '(you)'}
          detail={<Address text={email ?? `@${account.handle}`} />}
        />
        {isAdmin && <Mark text="Administrator" />}
      </div>
      <p className="text-ink-faint text-small">
        @{account.handle}, since {exactTime(account.createdAt)}, <LastSeen at={account.lastSeenAt} />
      </p>
      {suspension && (
        <p className="rounded-small bg-danger-soft px-3 py-2 text-danger text-small">
          Suspended {exactTime(suspension.at)}: <bdi>{suspension.reason}</bdi>
        </p>
      )}
      {suspending ? (
        <SuspendForm
          name={name}
          busy={changing.busy}
          onCancel={() => {
            used.current = true
            setSuspending(false)
          }}
          onSuspend={(reason) =>
            void change(() => suspendAccount(id, reason).then(() => setSuspending(false)))
          }
        />
      ) : unfactoring ? (
        <RemoveFactorForm
          name={name}
          busy={changing.busy}
          onCancel={() => {
            used.current = true
            setUnfactoring(false)
          }}
          onRemove={() => void change(() => removeSecondFactor(id).then(() => setUnfactoring(false)))}
        />
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button
            look="quiet"
            busy={changing.busy}
            aria-label={`${isAdmin ? 'Make a member' : 'Make an administrator'}: ${name}`}
            onClick={() => void change(() => changeServerRole(id, isAdmin ? 'member' : 'admin'))}
          >
            {isAdmin ? 'Make a member' : 'Make an administrator'}
          </Button>
          {suspension && (
            <Button
              look="quiet"
              busy={changing.busy}
              aria-label={`Reinstate: ${name}`}
              onClick={() => void change(() => reinstateAccount(id))}
            >
              Reinstate
            </Button>
          )}
          {!suspension && !isMe && (
            <Button
              look="quiet"
              busy={changing.busy}
              aria-label={`Sign out everywhere: ${name}`}
              onClick={() =>
                void change(() =>
                  endAccountSessions(id).then(() => showToast(`${name} was signed out everywhere.`)),
                )
              }
            >
              Sign out everywhere
            </Button>
          )}
          {secondFactor && !isMe && (
            <Button
              look="quiet"
              aria-label={`Remove second factor…: ${name}`}
              onClick={() => setUnfactoring(true)}
            >
              Remove second factor…
            </Button>
          )}
          {!suspension && !isMe && (
            <Button look="danger" aria-label={`Suspend…: ${name}`} onClick={() => setSuspending(true)}>
              Suspend…
            </Button>
          )}
        </div>
      )}
      <TaskError error={changing.error} />
    </li>
  )
}

/** Whole: of two alike, its end tells which is whose. */
const Address = ({ text }: { text: string }) => <span className="whitespace-normal break-all">{text}</span>

function Mark({ text }: { text: string }) {
  return (
    <span className="shrink-0 rounded-full bg-accent-soft px-2 py-0.5 font-semibold text-accent text-micro">
      {text}
    </span>
  )
}

function LastSeen({ at }: { at: string | null }) {
  const nowMs = useNow()
  return <>{at === null ? 'never seen' : `last seen ${timeAgo(at, nowMs)}`}</>
}
