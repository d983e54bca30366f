import type { Database } from 'bun:sqlite'
import type { Blocks } from '../reads/blocks.ts'
import { prepareReadReactions } from '../reads/reactions.ts'
import { prepareSent, type Sent } from '../reads/sent.ts'
import type { Sharing } from '../reads/sharing.ts'
import type { TextSeal } from '../text-seal.ts'
import { type Access, prepareAccess } from './access.ts'
import { type Cursors, prepareCursors } from './cursors.ts'
import { type Append, prepareAppend } from './log.ts'
import { type Members, prepareMembers } from './members.ts'
import { type Mentions, prepareMentions } from './mentions.ts'
import { prepareUserRevs, type UserRevs } from './user-revs.ts'
import { prepareUsers, type Users } from './users.ts'

/** What the writes share: each the one place for its statements. */
export interface WriteTools {
  access: Access
  append: Append
  blocks: Blocks
  cursors: Cursors
  members: Members
  mentions: Mentions
  revs: UserRevs
  users: Users
  sent: Sent
  sharing: Sharing
  texts: TextSeal
  /** Above so many members nobody is told of a cursor but its owner. */
  receiptMembers: number
}

export const prepareWriteTools = (
  database: Database,
  {
    receiptMembers,
    sharing,
    blocks,
    texts,
  }: { receiptMembers: number; sharing: Sharing; blocks: Blocks; texts: TextSeal },
): WriteTools => {
  const revs = prepareUserRevs(database)
  return {
    access: prepareAccess(database),
    append: prepareAppend(database),
    blocks,
    cursors: prepareCursors(database),
    members: prepareMembers(database, { revs, sharing }),
    mentions: prepareMentions(database),
    revs,
    users: prepareUsers(database),
    sent: prepareSent(database, texts, prepareReadReactions(database)),
    sharing,
    texts,
    receiptMembers,
  }
}
