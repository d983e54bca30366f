import type { ConversationId } from '@confab/protocol/ids'
import { assert } from '../../lib/assert.ts'
import type { Shards } from '../../ports/shards.ts'
import type { ChangeConversation, Write } from '../../ports/writes.ts'
import {
  batchRowsMax,
  type CommitQueue,
  type CommitQueueOptions,
  openCommitQueue,
  queuedWritesMax,
} from './commit-queue.ts'

export interface CommitLanesOptions extends Omit<CommitQueueOptions, 'restTo' | 'spare'> {
  shards: Shards | undefined
  /** As the store says. */
  callsAtOnce?: number | undefined
}

/**
 * Group commit where conversations are spread over shards: a queue for each, so that a batch is one shard's,
 * those of several are under way side by side, and a shard that is slow or away holds up its own alone. Where
 * they lie together it is one queue, and nothing more.
 *
 *   a write ── changes rows of its conversation alone ──▶ the lane of its shard
 *           ── and a person's or the audit log besides ─▶ the shard's second lane
 *           ── no conversation's, or of many          ──▶ the last lane
 *
 * Two lanes are to each other as two nodes are: the database orders what they write to one conversation, and
 * the feed what they tell of it. What one person sends to one conversation goes by one lane, in its order.
 */
export function openCommitLanes({
  shards,
  callsAtOnce,
  queuedMax = queuedWritesMax,
  ...given
}: CommitLanesOptions): CommitQueue {
  const count = shards ? 2 * shards.count + 1 : 1
  const options = { ...given, spare: { calls: spareCalls(callsAtOnce, count) } }
  if (!shards) return openCommitQueue({ ...options, queuedMax })
  // A lane holds a whole batch at least, so that all together may hold more than one queue would.
  const laneMax = Math.max(batchRowsMax, Math.ceil(queuedMax / shards.count))
  const last = openCommitQueue({ ...options, queuedMax: laneMax })
  const lanes = Array.from({ length: count - 1 }, () =>
    openCommitQueue({ ...options, queuedMax: laneMax, restTo: last }),
  )
  const all = [...lanes, last]

  const laneOf = (write: Write): CommitQueue => {
    const reach = reachOf(write)
    if (reach === undefined) return last
    const lane = lanes[2 * shards.of(reach.conversationId) + (reach.beyond ? 1 : 0)]
    assert(lane, `${reach.conversationId}: on no shard`)
    return lane
  }

  return {
    get depth() {
      return all.reduce((depth, lane) => depth + lane.depth, 0)
    },
    commit: (write) => laneOf(write).commit(write),
    goOn: last.goOn,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((lane) => lane[Symbol.asyncDispose]()))
    },
  }
}

/** Half of what the lanes leave, so that reads go on; one at least, or what is held would be in the way. */
const spareCalls = (callsAtOnce: number | undefined, lanes: number): number =>
  callsAtOnce === undefined ? 0 : Math.max(1, Math.floor((callsAtOnce - lanes) / 2))

/** Whose conversation a write is, and whether it also changes what lies beyond; undefined for no one's. */
function reachOf(write: Write): { conversationId: ConversationId; beyond: boolean } | undefined {
  switch (write.write) {
    case 'message.create':
    case 'message.edit':
    case 'messages.expire':
    case 'message.react':
    case 'message.pin':
    case 'cursor.move':
      return { conversationId: write.conversationId, beyond: false }
    case 'conversation.change':
      return { conversationId: write.conversationId, beyond: changesRules(write) }
    // Whose message it was only the store knows; another's is in the audit log.
    case 'message.delete':
    case 'conversation.create':
    case 'conversation.delete':
    case 'member.add':
    case 'member.remove':
    // Its record is in the audit log, of all conversations.
    case 'member.change':
    case 'membership.change':
      return { conversationId: write.conversationId, beyond: true }
    case 'profile.change':
    case 'block.change':
    case 'server-role.change':
    case 'suspension.change':
    case 'user.erase':
    case 'erasure.continue':
    case 'presences.keep':
      return undefined
  }
}

/** What is in the audit log with it; its name and topic are not. */
const changesRules = ({ change: { name: _name, topic: _topic, ...rules } }: ChangeConversation): boolean =>
  Object.values(rules).some((rule) => rule !== undefined)
