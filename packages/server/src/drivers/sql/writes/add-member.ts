import { Refusal } from '@confab/protocol/refusal'
import type { AddMember, Committed } from '../../../ports/writes.ts'
import type { Found } from './access.ts'
import { nothingNew } from './committed.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareAddMember({
  access,
  append,
  blocks,
  members,
  users,
}: WriteTools): (write: AddMember) => Committed {
  function permit({ conversationId, actorId, userId, role, invited }: AddMember): Found {
    if (actorId !== userId)
      return access.permit(conversationId, actorId, role === 'member' ? 'member.add' : 'member.addAdmin')
    const found = access.find(conversationId, actorId)
    const isOpen = invited === true || found?.visibility === 'public'
    if (!found || (!isOpen && found.role === null)) throw new Refusal('not_found')
    users.requireActive(actorId)
    if (role !== 'member' && found.role === null)
      throw new Refusal('forbidden', { detail: 'Whoever joins is a member first' })
    return found
  }

  return (write) => {
    const { conversationId, actorId, at, userId, role } = write
    const conversation = permit(write)
    if (conversation.kind === 'direct')
      throw new Refusal('conflict', { detail: 'the members of a direct conversation stay who they are' })
    const user = users.find(userId)
    if (!user || conversation.user === null)
      throw new Refusal('not_found', { detail: 'there is no such user' })
    if (members.find(conversation.num, userId)) return nothingNew
    if (blocks.has(userId, actorId)) throw new Refusal('forbidden', { detail: 'You can’t add this person' })
    if (role === 'owner') throw new Refusal('conflict', { detail: 'Only a member can become the owner' })

    const actor = conversation.user
    const data = { userId, role }
    const event = append(
      conversation,
      { actor, at },
      { conversationId, type: 'member.joined', actorId, data },
    )
    const change = members.add({ conversationId, conversation }, { user: user.num, userId, role })
    access.saveHead(conversation)
    const given = role !== 'member' && { roles: [{ conversationId, userId, from: null, to: role }] }
    return { ...nothingNew, fresh: true, events: [event], userChanges: [change], ...given }
  }
}
