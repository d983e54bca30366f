import { userId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Listeners } from '../../lib/listeners.ts'
import { networkOf } from '../../lib/network.ts'
import type { CredentialChange, CredentialChanged, Identity } from '../../ports/identity.ts'
import { type Asking, askedNow } from './asking.ts'
import type { Account, SessionTables } from './sessions.ts'

/** What a route changes where it succeeds, told by the account as it was before. */
const changesBy: Record<string, (before: Account) => CredentialChange | undefined> = {
  '/change-password': () => ({ action: 'password.changed', by: 'password' }),
  '/two-factor/verify-totp': (before) =>
    before.twoFactorEnabled ? undefined : { action: 'second-factor.added' },
  '/two-factor/disable': (before) =>
    before.twoFactorEnabled ? { action: 'second-factor.removed' } : undefined,
  '/two-factor/generate-backup-codes': () => ({ action: 'recovery-codes.changed' }),
  '/passkey/verify-registration': () => ({ action: 'passkey.added' }),
  '/passkey/delete-passkey': () => ({ action: 'passkey.removed' }),
}

/** Tells who listens what people change of that which opens their accounts. */
export function credentialNews({
  tables,
  clock,
  changed,
}: {
  tables: Pick<SessionTables, 'account'>
  clock: Pick<Clock, 'now'>
  changed: Listeners<CredentialChanged>
}) {
  /** Where it comes from is the request's, where there is one. */
  function tellChange(id: string, change: CredentialChange): void {
    const network = networkOf(askedNow()?.peer)
    changed.tell({ userId: userId.parse(id), at: clock.now(), network, change })
  }

  /** Answers, with `tellDone` for what that changes. Who asks is looked at first: it may end their session. */
  async function answerTelling(
    asked: Pick<Asking, 'path' | 'tellDone'>,
    authenticate: () => ReturnType<Identity['authenticate']>,
    answer: () => Promise<Response>,
  ): Promise<Response> {
    const changeOf = changesBy[asked.path]
    const session = changeOf && (await authenticate())
    const before = session && (await tables.account(session.userId))
    const change = before && changeOf?.(before)
    if (before && change) asked.tellDone = () => tellChange(before.id, change)
    return answer()
  }

  return { tellChange, answerTelling }
}
