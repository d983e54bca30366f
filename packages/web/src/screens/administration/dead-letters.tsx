import { listDeadLetters, settleDeadLetter } from '../../session/moderation.ts'
import { exactTime } from '../../state/times.ts'
import { Button } from '../../ui/button.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { Section } from '../../ui/section.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useList } from '../../ui/use-list.ts'
import { useTask } from '../../ui/use-task.ts'

/** Mails and other jobs that were given up. What is in them is sealed: only what went wrong is told. */
export function DeadLetters() {
  const list = useList(listDeadLetters)
  const settling = useTask((id: string, how: 'retry' | 'discard') =>
    settleDeadLetter(id, how).finally(list.reload),
  )
  return (
    <Section title="Undelivered" about="Mails and other jobs that were tried again and again, and given up.">
      {list.items?.length === 0 && !list.error && <p className="text-ink-faint">Nothing was given up.</p>}
      <TaskError error={settling.error} />
      <ul aria-label="Undelivered" className="grid grid-cols-1 gap-2 empty:hidden">
        {list.items?.map(({ id, kind, diedAt, attempts, problem }) => (
          <SettingRow
            key={id}
            title={kind === 'mail' ? 'A mail' : kind}
            detail={
              <span className="break-words">
                Given up {exactTime(diedAt)} after {attempts} tries: {problem}
              </span>
            }
          >
            <Button
              look="quiet"
              busy={settling.busy}
              aria-label={`Try again: the one of ${exactTime(diedAt)}`}
              onClick={() => void settling.run(id, 'retry')}
            >
              Try again
            </Button>
            <Button
              look="danger"
              busy={settling.busy}
              aria-label={`Forget the one of ${exactTime(diedAt)}`}
              onClick={() => void settling.run(id, 'discard')}
            >
              Forget
            </Button>
          </SettingRow>
        ))}
      </ul>
      <ListRest list={list} />
    </Section>
  )
}
