import type { ConversationPermissions, Kind, Role } from './conversation.ts'

/** `never`: there is no such thing in a direct conversation, whoever asks. */
export type Permission = 'yes' | 'no' | 'never'

const everybody = { owner: 'yes', admin: 'yes', member: 'yes' } as const
const admins = { owner: 'yes', admin: 'yes', member: 'no' } as const
const owners = { owner: 'yes', admin: 'no', member: 'no' } as const

/**
 * Who may do what: by the role in a group or channel, and for the two in a direct conversation, which has
 * neither roles nor changes. From everybody else each conversation is hidden. What members may is in part the
 * conversation's own to decide (`decidedBy`): here it stands as long as it decides nothing. It stands for
 * people in docs/spec/permissions.md, and the store is held to it cell by cell.
 */
export const permissions = {
  'message.send': { ...everybody, direct: 'yes' },
  'message.edit': { ...everybody, direct: 'yes' },
  'message.delete': { ...everybody, direct: 'yes' },
  'message.deleteOthers': { ...admins, direct: 'no' },
  'message.react': { ...everybody, direct: 'yes' },
  'message.pin': { ...everybody, direct: 'yes' },
  'message.mentionAll': { ...admins, direct: 'no' },
  'cursor.move': { ...everybody, direct: 'yes' },
  'membership.change': { ...everybody, direct: 'yes' },
  'member.add': { ...everybody, direct: 'never' },
  'member.addAdmin': { ...admins, direct: 'never' },
  'member.invite': { ...admins, direct: 'never' },
  'member.remove': { ...admins, direct: 'never' },
  'member.change': { ...admins, direct: 'never' },
  'member.leave': { ...everybody, direct: 'never' },
  'conversation.change': { ...admins, direct: 'never' },
  'conversation.handOver': { ...owners, direct: 'never' },
  'conversation.delete': { ...owners, direct: 'never' },
} as const satisfies Record<string, Record<Role | 'direct', Permission>>

export type Action = keyof typeof permissions

/**
 * What a group or channel decides for its members: by which of its permissions. Owners and admins always may.
 */
export const decidedBy: Partial<Record<Action, keyof ConversationPermissions>> = {
  'message.send': 'post',
  // Or an old message would say what nobody may say any more.
  'message.edit': 'post',
  'message.pin': 'pin',
  'message.mentionAll': 'mentionAll',
  'member.add': 'addMembers',
}

/** Until its admins change them. */
export const defaultPermissions: ConversationPermissions = {
  addMembers: 'members',
  post: 'members',
  pin: 'members',
  mentionAll: 'admins',
}

/** Somebody in a conversation, as far as it decides what they may. */
export interface Standing {
  kind: Kind
  role: Role
  permissions?: ConversationPermissions | undefined
}

/** Whether a member may; what is not their own to decide (the owner's role, others' words) apart. */
export function permissionOf(action: Action, { kind, role, permissions: own }: Standing): Permission {
  const setting = decidedBy[action]
  if (kind !== 'direct' && role === 'member' && setting)
    return (own ?? defaultPermissions)[setting] === 'members' ? 'yes' : 'no'
  return permissions[action][kind === 'direct' ? 'direct' : role]
}

/** The same, for somebody who sees a conversation; who is no member of it may nothing. */
export const mayIn = (
  action: Action,
  {
    kind,
    permissions: own,
    me,
  }: { kind: Kind; permissions?: ConversationPermissions | undefined; me: { role: Role } | null },
): boolean => me !== null && permissionOf(action, { kind, role: me.role, permissions: own }) === 'yes'
