import type { Kind, Role } from './conversation.ts'

/** `never`: there is no such thing in a direct conversation, whoever asks. */
export type Permission = 'yes' | 'no' | 'never'

const everybody = { owner: 'yes', admin: 'yes', member: 'yes' } as const
const admins = { owner: 'yes', admin: 'yes', member: 'no' } as const
const owners = { owner: 'yes', admin: 'no', member: 'no' } as const

/**
 * Who may do what: by the role in a group or channel, and for the two in a direct conversation, which has
 * neither roles nor changes. From everybody else each conversation is hidden. It stands for people in
 * docs/spec/permissions.md, and the store is held to it cell by cell.
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

/** Whether a member may; what is not their own to decide (the owner's role, others' words) apart. */
export const permissionOf = (action: Action, { kind, role }: { kind: Kind; role: Role }): Permission =>
  permissions[action][kind === 'direct' ? 'direct' : role]
