import { exactTime } from '../../state/times.ts'

/** The audit log's actions, as people say them. One that a newer server writes is shown as it is. */
export const auditWords: Readonly<Record<string, string>> = {
  'sign-in': 'Signed in',
  'sign-in.failed': 'A sign-in failed',
  'sign-in.locked': 'Sign-in was locked',
  'account.erased': 'An account was erased',
  'account.suspended': 'An account was suspended',
  'account.reinstated': 'An account was reinstated',
  'sessions.ended': 'Somebody was signed out everywhere',
  'password.changed': 'A password was changed',
  'password.removed': 'A password was removed',
  'second-factor.added': 'A second factor was added',
  'second-factor.removed': 'A second factor was removed',
  'recovery-codes.changed': 'Recovery codes were made anew',
  'passkey.added': 'A passkey was added',
  'passkey.removed': 'A passkey was removed',
  'provider.linked': 'A provider was joined',
  'provider.unlinked': 'A provider was parted',
  'role.changed': 'A role was changed',
  'message.removed': 'A message was removed',
  'conversation.changed': 'A conversation’s rules were changed',
  'conversation.deleted': 'A conversation was deleted',
  'report.settled': 'A report was settled',
  'export.asked': 'An export was asked for',
  'export.made': 'An export was made',
  'export.fetched': 'An export was fetched',
  'settings.changed': 'Settings were changed',
  'invitation.created': 'An invitation was made',
  'invitation.revoked': 'An invitation was revoked',
  'job.settled': 'An undelivered job was settled',
  'audit.exported': 'The audit log was exported',
}

/** What the act was done to: a person, something in a place, or a thing, with the word for it. */
export function kindOfTarget(action: string): 'person' | 'place' | Thing {
  const [about = ''] = action.split('.')
  if (aboutPeople.has(about)) return 'person'
  if (about === 'message' || action === 'conversation.changed') return 'place'
  return things.find((thing) => thing === about) ?? 'on'
}
type Thing = (typeof things)[number] | 'on'
const things = ['conversation', 'report', 'invitation', 'job'] as const
const aboutPeople = new Set([
  ...['account', 'role', 'sign-in', 'export', 'sessions'],
  ...['password', 'second-factor', 'recovery-codes', 'passkey', 'provider'],
])

/** A fact of a detail; undefined of what the record says elsewhere: the conversation. */
export function factText(name: string, value: unknown): string | undefined {
  if (name === 'conversationId') return value === null ? 'to the server' : undefined
  return `${factWords[name] ?? name}: ${valueText(name, value)}`
}

function valueText(name: string, value: unknown): string {
  if (value === null || value === '') return noneWords[name] ?? 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (consents.has(name)) return value === 0 ? 'none' : `version ${value}`
  if (lists.has(name)) return String(value).replaceAll(' ', ', ')
  if (name === 'expiresAt') return exactTime(String(value))
  if (name === 'retentionDays') return value === 1 ? '1 day' : `${value} days`
  return name === 'lockMs' ? `${Math.round(Number(value) / 60_000)} minutes` : String(value)
}

const consents = new Set(['terms', 'privacy', 'age'])
const lists = new Set(['signIn', 'domains'])

/** What stands in a detail, where its name alone tells little. */
const factWords: Readonly<Record<string, string>> = {
  newDevice: 'new device',
  lockMs: 'locked for',
  uses: 'times',
  expiresAt: 'good until',
  seq: 'message',
  signIn: 'ways in',
  signUp: 'who may sign up',
  secondFactor: 'second factor',
  retentionDays: 'messages are kept',
  visibility: 'who finds it',
  addMembers: 'who adds people',
  post: 'who writes',
  pin: 'who pins',
  mentionAll: 'who mentions all',
}

/** What it means that nothing is given, where that isn't just none. */
const noneWords: Readonly<Record<string, string>> = {
  retentionDays: 'for ever',
  uses: 'any number',
  expiresAt: 'it is revoked',
  from: 'no member',
  to: 'no member',
}
