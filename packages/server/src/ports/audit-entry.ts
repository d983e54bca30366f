import type { UserId } from '@confab/protocol/ids'

export const auditActions = [
  'sign-in',
  'sign-in.failed',
  'sign-in.locked',
  'account.erased',
  'export.asked',
  'export.made',
  'export.fetched',
  'account.suspended',
  'account.reinstated',
  'sessions.ended',
  'password.changed',
  'password.removed',
  'second-factor.added',
  'second-factor.removed',
  'recovery-codes.changed',
  'passkey.added',
  'passkey.removed',
  'provider.linked',
  'provider.unlinked',
  'role.changed',
  'message.removed',
  'conversation.changed',
  'conversation.deleted',
  'report.settled',
  'settings.changed',
  'invitation.created',
  'invitation.revoked',
  'job.settled',
  'audit.exported',
] as const
export type AuditAction = (typeof auditActions)[number]

/** The names in an action's detail, where it has several forms those of each. docs/logs.md tells of them. */
export const auditDetails = {
  'sign-in': [['way', 'newDevice']],
  'sign-in.failed': [['way']],
  'sign-in.locked': [['lockMs']],
  'account.erased': [],
  'export.asked': [],
  'export.made': [['bytes']],
  'export.fetched': [],
  'account.suspended': [],
  'account.reinstated': [],
  'sessions.ended': [],
  'password.changed': [['by']],
  'password.removed': [],
  'second-factor.added': [],
  'second-factor.removed': [],
  'recovery-codes.changed': [],
  'passkey.added': [],
  'passkey.removed': [],
  'provider.linked': [['provider']],
  'provider.unlinked': [['provider']],
  'role.changed': [['role'], ['conversationId', 'from', 'to']],
  'message.removed': [['seq']],
  'conversation.changed': [['retentionDays'], ['visibility'], ['addMembers', 'post', 'pin', 'mentionAll']],
  'conversation.deleted': [],
  'report.settled': [['outcome']],
  'settings.changed': [
    ['signIn', 'signUp', 'domains', 'secondFactor'],
    ['terms', 'privacy', 'age'],
    ['retentionDays'],
  ],
  'invitation.created': [['conversationId', 'uses', 'expiresAt']],
  'invitation.revoked': [['conversationId']],
  'job.settled': [['how']],
  'audit.exported': [],
} as const satisfies Record<AuditAction, readonly (readonly string[])[]>

/** What an action's detail holds; `never` of one that has none. */
export type AuditDetail<Action extends AuditAction> = Named<(typeof auditDetails)[Action][number]>
type Named<Names> = Names extends readonly string[] ? Record<Names[number], AuditFact> : never
type AuditFact = string | number | boolean | null

export interface AuditEntry {
  action: AuditAction
  /** Milliseconds since 1970 UTC. */
  at: number
  /** Who did it; null for the server itself and for who isn't known. */
  actorId: UserId | null
  /** The id of what it was done to: a user, a conversation, an invitation. */
  targetId: string | null
  /** From where: a network, not an address. */
  network: string | null
  detail: Readonly<Record<string, AuditFact>>
}

/**
 * What an act is to the audit log, carried by the write that does it: kept in the same transaction, so that none
 * is ever without the other. Of what changes nothing, or is refused, nothing is kept.
 */
export interface Noted {
  noted?: AuditEntry | undefined
}
