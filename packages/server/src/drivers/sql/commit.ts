import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, Outcome, Write } from '../../ports/writes.ts'
import type { Blocks } from './reads/blocks.ts'
import type { Sharing } from './reads/sharing.ts'
import type { TextSeal } from './text-seal.ts'
import { inTransaction } from './transaction.ts'
import { prepareAddMember } from './writes/add-member.ts'
import { prepareChangeAccount } from './writes/change-account.ts'
import { prepareChangeBlock } from './writes/change-block.ts'
import { prepareChangeConversation } from './writes/change-conversation.ts'
import { prepareChangeMembership } from './writes/change-membership.ts'
import { prepareChangeProfile } from './writes/change-profile.ts'
import { prepareChangeRole } from './writes/change-role.ts'
import { prepareCreateConversation } from './writes/create-conversation.ts'
import { prepareCreateMessage } from './writes/create-message.ts'
import { prepareDeleteConversation } from './writes/delete-conversation.ts'
import { prepareDeleteInPlace, prepareDeleteMessage } from './writes/delete-message.ts'
import { prepareEditMessage } from './writes/edit-message.ts'
import { prepareEraseConversation } from './writes/erase-conversation.ts'
import { prepareEraseUser } from './writes/erase-user.ts'
import { prepareExpireMessages } from './writes/expire-messages.ts'
import { prepareKeepPresences } from './writes/keep-presences.ts'
import { prepareMessagesUnderLock } from './writes/message-under-lock.ts'
import { prepareMoveCursor } from './writes/move-cursor.ts'
import { prepareNoteAct } from './writes/note-act.ts'
import { prepareNoteChanges } from './writes/note-changes.ts'
import { preparePin } from './writes/pin.ts'
import { prepareReact } from './writes/react.ts'
import { prepareLeave, prepareRemoveMember } from './writes/remove-member.ts'
import { prepareWriteTools } from './writes/write-tools.ts'

/**
 * Applies a batch in one transaction and one flush. A write refuses by throwing a Refusal before it has
 * changed a row, so a refused one needs no undoing and its neighbours never notice; any other failure
 * undoes the whole batch.
 */
export function prepareCommit(
  database: Database,
  limits: {
    receiptMembers: number
    reactionKinds: number
    sharing: Sharing
    blocks: Blocks
    texts: TextSeal
  },
): (writes: readonly Write[]) => Outcome[] {
  const tools = prepareWriteTools(database, limits)
  const erase = prepareEraseConversation(database, tools)
  const leave = prepareLeave(tools, erase)
  const createMessage = prepareCreateMessage(database, tools)
  const createConversation = prepareCreateConversation(database, tools)
  const messages = prepareMessagesUnderLock(database)
  const editMessage = prepareEditMessage(database, tools, messages)
  const deleteInPlace = prepareDeleteInPlace(database, tools, messages)
  const deleteMessage = prepareDeleteMessage(tools, messages, deleteInPlace)
  const expireMessages = prepareExpireMessages(database, tools, deleteInPlace)
  const react = prepareReact(database, tools, messages, limits)
  const pin = preparePin(database, tools, messages)
  const addMember = prepareAddMember(tools)
  const removeMember = prepareRemoveMember(tools, leave)
  const changeRole = prepareChangeRole(tools)
  const changeConversation = prepareChangeConversation(database, tools)
  const deleteConversation = prepareDeleteConversation(tools, erase)
  const moveCursor = prepareMoveCursor(tools)
  const changeMembership = prepareChangeMembership(database, tools)
  const changeProfile = prepareChangeProfile(database, tools)
  const changeBlock = prepareChangeBlock(database, tools)
  const changeAccount = prepareChangeAccount(database, tools)
  const eraseUser = prepareEraseUser(database, tools, leave)
  const keepPresences = prepareKeepPresences(database)

  function apply(write: Write): Committed {
    switch (write.write) {
      case 'message.create':
        return createMessage(write)
      case 'message.edit':
        return editMessage(write)
      case 'message.delete':
        return deleteMessage(write)
      case 'messages.expire':
        return expireMessages(write)
      case 'message.react':
        return react(write)
      case 'message.pin':
        return pin(write)
      case 'cursor.move':
        return moveCursor(write)
      case 'conversation.create':
        return createConversation(write)
      case 'member.add':
        return addMember(write)
      case 'member.remove':
        return removeMember(write)
      case 'member.change':
        return changeRole(write)
      case 'conversation.change':
        return changeConversation(write)
      case 'conversation.delete':
        return deleteConversation(write)
      case 'membership.change':
        return changeMembership(write)
      case 'profile.change':
        return changeProfile(write)
      case 'block.change':
        return changeBlock(write)
      case 'server-role.change':
        return changeAccount.role(write)
      case 'suspension.change':
        return changeAccount.suspension(write)
      case 'user.erase':
        return eraseUser(write)
      case 'erasure.continue':
        return erase.goOn(write)
      case 'presences.keep':
        return keepPresences(write)
    }
  }

  const noteChanges = prepareNoteChanges(database)
  const noteAct = prepareNoteAct(database)
  return (writes) =>
    inTransaction(database, () => {
      const outcomes = writes.map((write) => {
        const outcome = outcomeOf(() => apply(write))
        if (outcome.status === 'committed') noteAct(write, outcome)
        return outcome
      })
      noteChanges(outcomes)
      return outcomes
    })
}

function outcomeOf(apply: () => Committed): Outcome {
  try {
    return apply()
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    const { code, detail } = refusal
    return { status: 'refused', code, ...(detail !== undefined && { detail }) }
  }
}
