import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Limits } from '@confab/protocol/limits'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import type { Standing, Store } from '../../ports/store.ts'
import type { Write } from '../../ports/writes.ts'
import { openCheckpoints } from './checkpoints.ts'
import { prepareCommit } from './commit.ts'
import { prepareCreateUser } from './create-user.ts'
import { readEpoch } from './epoch.ts'
import { migrate } from './migrate.ts'
import { readAccounts, readAccountsOf } from './reads/accounts.ts'
import { prepareBlocks } from './reads/blocks.ts'
import { prepareReadChanges } from './reads/changes.ts'
import { listChannels, listConversations, readMemberships } from './reads/conversation-lists.ts'
import { prepareReadConversations } from './reads/conversations.ts'
import { prepareReadDue } from './reads/due.ts'
import { prepareReadEvents } from './reads/events.ts'
import { prepareReadHistory } from './reads/history.ts'
import { prepareReadMembers } from './reads/members.ts'
import { readMe, readRevs, readUsers, searchUsers } from './reads/people.ts'
import { prepareReadPins, prepareReadReactors } from './reads/pins-and-reactors.ts'
import { prepareReadPresences } from './reads/presences.ts'
import { prepareReadReactions } from './reads/reactions.ts'
import { prepareSent } from './reads/sent.ts'
import { prepareSharing } from './reads/sharing.ts'
import { readShutOut } from './reads/shut-out.ts'
import { prepareReadUserChanges } from './reads/user-changes.ts'
import { sqliteStatements } from './statements.ts'
import { admitKeys } from './text-keys.ts'
import { openTextSeal } from './text-seal.ts'
import { prepareAccess } from './writes/access.ts'

const adding: ReadonlySet<Write['write']> = new Set([
  'conversation.create',
  'member.add',
  'message.create',
  'cursor.move',
  'presences.keep',
])
/** Whether something was there before that must not stay in the files. */
const takesAway = ({ write }: Write) => !adding.has(write)

/**
 * The store on one SQLite file, by the one connection that `openDatabase` gave: a write is flushed when
 * `commit` resolves, and every read runs in one go, so it sees one snapshot. Closing the store leaves the
 * database open to those who share it.
 *
 * What people say is sealed with the first of `keys`.
 *
 * Throws DatabaseUnavailable where a newer version has written the file, or a key of it is missing.
 */
export async function openSqliteStore({
  database,
  clock = systemClock,
  limits,
  keys = [],
  report = reportUncaught,
}: {
  database: Database
  clock?: Pick<Clock, 'now' | 'after'>
  limits: Pick<Limits, 'receiptMembers' | 'reactionKinds'>
  keys?: readonly SealingKey[]
  report?: Report
}): Promise<Store> {
  migrate(database, clock)
  await admitKeys(sqliteStatements(database), keys)
  const texts = openTextSeal({ keys, report })
  const sharing = prepareSharing(database)
  const blocks = prepareBlocks(database)
  const commit = prepareCommit(database, { ...limits, sharing, blocks, texts })
  const checkpoints = openCheckpoints(database, { clock, report })
  const createUser = prepareCreateUser(database)
  const access = prepareAccess(database)
  const events = prepareReadEvents(database, texts)
  const reactionsOf = prepareReadReactions(database)
  const history = prepareReadHistory(database, texts, reactionsOf)
  const sent = prepareSent(database, texts, reactionsOf)
  const pins = prepareReadPins(database, texts, reactionsOf)
  const reactors = prepareReadReactors(database)
  const conversations = prepareReadConversations(database, limits, texts, reactionsOf)
  const members = prepareReadMembers(database, limits)
  const changes = prepareReadChanges(database, limits)
  const presences = prepareReadPresences(database)
  const userChanges = prepareReadUserChanges(database)
  const due = prepareReadDue(database)
  const erasures = database.prepare<unknown, []>('SELECT 1 FROM erasures LIMIT 1')
  const heads = database.prepare<{ id: ConversationId; head: number }, [string]>(
    'SELECT c.id, c.head FROM json_each(?) ids JOIN conversations c ON c.id = ids.value',
  )

  const epoch = readEpoch(database)

  function standing(conversationId: ConversationId, userId: UserId): Standing | undefined {
    const found = access.find(conversationId, userId)
    if (!found) return undefined
    const { kind, visibility, head, memberCount, shut, permissions, role } = found
    const reached = { head, lineage: epoch }
    return {
      kind,
      visibility,
      ...reached,
      memberCount,
      shut: shut === 1,
      permissions,
      role: role ?? undefined,
    }
  }

  function mutual(userId: UserId, others: readonly UserId[]): Set<UserId> {
    const blocked = blocks.between(userId, others)
    return new Set([...sharing.among(userId, others)].filter((other) => !blocked.has(other)))
  }

  return {
    epoch,
    async commit(writes) {
      const outcomes = commit(writes)
      checkpoints.note(writes.length, writes.some(takesAway))
      return outcomes
    },
    createUser: async (user) => createUser(user),
    standing: async (conversationId, userId) => standing(conversationId, userId),
    events: async (range) => events(range),
    history: async (page) => history.page(page),
    message: async (at) => history.message(at),
    pins: async (page) => pins(page),
    reactors: async (page) => reactors(page),
    readers: async (at) => members.readers(at),
    sent: async (key) => sent(key),
    dueForExpiry: async (page) => due(page),
    heads: async (ids) => new Map(heads.all(JSON.stringify(ids)).map(({ id, head }) => [id, head])),
    memberships: async (userId) => readMemberships(database, userId),
    conversations: async (query) => conversations(query),
    conversationList: async (page) => listConversations(database, conversations, page),
    channels: async (page) => listChannels(database, conversations, page),
    members: async (page) => members.list(page),
    users: async (ids) => readUsers(database, ids),
    me: async (userId) => readMe(database, blocks, userId),
    searchUsers: async (page) => searchUsers(database, page),
    accounts: async (page) => readAccounts(database, page),
    accountsOf: async (ids) => readAccountsOf(database, ids),
    shutOut: async (page) => readShutOut(database, page),
    sharing: async (userId, others) => sharing.among(userId, others),
    isErasing: async () => erasures.get() !== null,
    mutual: async (userId, others) => mutual(userId, others),
    presences: async (ids) => presences(ids),
    revs: async (userId) => readRevs(database, userId),
    userRevs: async (ids) => userChanges.revs(ids),
    userChanges: async (userId, after) => userChanges.after(userId, after),
    changedSince: async (userId, since) => changes(userId, since),
    async [Symbol.asyncDispose]() {
      // What it prepared is finalized with the database.
      await checkpoints[Symbol.asyncDispose]()
    },
  }
}
