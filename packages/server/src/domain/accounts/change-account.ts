import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { ServerRole } from '@confab/protocol/user'
import type { Identity } from '../../ports/identity.ts'
import type { Domain } from '../domain.ts'
import { heartbeatOf } from '../presence/heartbeats.ts'
import { actOf } from '../security/act.ts'
import { accountOf, findAccount, type ManagedAccount } from './find-accounts.ts'

/** Makes an administrator or a member; one administrator stays. Who may, the store says as it commits. */
export async function changeServerRole(
  domain: Domain,
  actorId: UserId,
  { userId, role }: { userId: UserId; role: ServerRole },
): Promise<ManagedAccount> {
  const noted = actOf(domain, actorId, { action: 'role.changed', targetId: userId, detail: { role } })
  await domain.commits.commit({ write: 'server-role.change', actorId, at: noted.at, userId, role, noted })
  return accountOf(domain, userId)
}

/**
 * Suspends an account: its sessions end and it can't sign in again, it is offline, and writes of its that are
 * under way are refused. Its messages stay. What is cut off once the store has it is finished by the same call
 * again, or without anybody's doing (`finishCutOff`).
 */
export async function suspendAccount(
  domain: Domain,
  actorId: UserId,
  { userId, reason }: { userId: UserId; reason: string },
): Promise<ManagedAccount> {
  // The reason is a text about a person, which the audit log holds none of: it stays with the account.
  const noted = actOf(domain, actorId, { action: 'account.suspended', targetId: userId })
  await domain.commits.commit({ write: 'suspension.change', actorId, at: noted.at, userId, reason, noted })
  await finishSuspension(domain, userId)
  return accountOf(domain, userId)
}

/** What follows once the store has it. */
export async function finishSuspension(
  { identity, presence }: Pick<Domain, 'identity' | 'presence'>,
  userId: UserId,
): Promise<void> {
  await identity.endSessions(userId)
  await presence.disconnect(userId, heartbeatOf(userId))
}

/** Lets a suspended account in again. */
export async function reinstateAccount(
  domain: Domain,
  actorId: UserId,
  userId: UserId,
): Promise<ManagedAccount> {
  const noted = actOf(domain, actorId, { action: 'account.reinstated', targetId: userId })
  const write = 'suspension.change'
  await domain.commits.commit({ write, actorId, at: noted.at, userId, reason: null, noted })
  return accountOf(domain, userId)
}

/** Signs somebody out everywhere, for administrators; they may sign in again. */
export async function endAccountSessions(domain: Domain, actorId: UserId, userId: UserId): Promise<void> {
  await findAccount(domain, actorId, userId)
  const noted = actOf(domain, actorId, { action: 'sessions.ended', targetId: userId })
  await domain.identity.endSessions(userId, { noted })
  await domain.presence.disconnect(userId, heartbeatOf(userId))
}

/**
 * Takes the second factor of somebody who has lost it away, for administrators; the person is told by mail.
 * One's own is turned off by a sign-in of just now, which an open laptop isn't.
 */
export async function removeSecondFactor(
  domain: Domain,
  actorId: UserId,
  userId: UserId,
): Promise<ManagedAccount> {
  await findAccount(domain, actorId, userId)
  if (actorId === userId)
    throw new Refusal('conflict', { detail: 'One’s own is turned off under “Account and security”' })
  const noted = actOf(domain, actorId, { action: 'second-factor.removed', targetId: userId })
  if (!(await domain.identity.removeSecondFactor(userId, { by: 'administrator', noted })))
    throw new Refusal('conflict', { detail: 'There is no second factor' })
  return accountOf(domain, userId)
}

/**
 * The same by whoever runs the server, for an administrator whom no other one can help: no account stands in the
 * audit log as who did it. False where nobody has the address, or no second factor.
 */
export async function removeSecondFactorOf(
  { identity, clock }: Pick<Domain, 'clock'> & { identity: Pick<Identity, 'userOf' | 'removeSecondFactor'> },
  email: string,
): Promise<boolean> {
  const userId = await identity.userOf(email)
  if (userId === undefined) return false
  const noted = actOf({ clock }, null, { action: 'second-factor.removed', targetId: userId })
  return identity.removeSecondFactor(userId, { by: 'operator', noted })
}
