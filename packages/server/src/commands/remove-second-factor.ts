import type { Config } from '../config.ts'
import { removeSecondFactorOf } from '../domain/accounts/change-account.ts'
import { queuedMailer } from '../domain/mail/queued-mailer.ts'
import { openAccounts } from '../engines/account-tables.ts'
import { systemClock } from '../lib/clock.ts'
import { openForCommand } from './open-for-command.ts'

/** `remove-second-factor`, for an administrator who has lost theirs, where no other one is there to take it away. */
export async function removeSecondFactor(config: Config, email: string): Promise<void> {
  const clock = systemClock
  await using stack = new AsyncDisposableStack()
  const { engine, log, report } = await openForCommand(config, stack, { company: 'beside others' })
  const { openPreviewInbox } = await import('../drivers/sql/preview-inbox.ts')
  const { statements, queue, accounts, secret } = engine
  const mailer = config.smtp
    ? queuedMailer(queue, Bun.randomUUIDv7)
    : stack.use(openPreviewInbox({ statements, clock, log }))
  const identity = stack.use(await openAccounts(accounts, { config, secret, report, mailer }))
  if (!(await removeSecondFactorOf({ identity, clock }, email))) throw new NoSecondFactor(email)
  process.stdout.write(`${email} signs in by one factor now.\n`)
}

class NoSecondFactor extends Error {
  /** EX_DATAERR of sysexits.h. */
  readonly exitStatus = 65
  constructor(email: string) {
    super(`nobody here has the address '${email}' and a second factor`)
  }
}
