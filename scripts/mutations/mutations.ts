/** One small mistake, and the guarantee that it breaks. `find` stands in the file exactly once. */
export interface Mutation {
  breaks: string
  file: string
  find: string
  replace: string
  /** The test that finds it, where it takes a coincidence that thousands of runs don't bring about. */
  test?: string
}

const domain = 'packages/server/src/domain'
const gateway = 'packages/server/src/roles/gateway'
const sql = 'packages/server/src/drivers/sql'
const client = 'packages/client/src'

export const mutations: readonly Mutation[] = [
  {
    breaks: 'G1: a message is acknowledged before it is stored',
    file: `${gateway}/calls.ts`,
    find: 'const { message } = await sendMessage(domain, sending, sendsInOrder)',
    replace: `const sent = sendMessage(domain, sending, sendsInOrder)
      sent.catch(() => undefined)
      const last = await domain.store.history({ ...params, viewerId: session.userId, limit: 1 })
      const message = { ...(last.messages[0] ?? (await sent).message), clientId: params.clientId }`,
  },
  {
    breaks: 'G1: a batch that could not be stored is acknowledged',
    file: `${domain}/delivery/commit-queue.ts`,
    find: 'for (const { reject } of batch) reject(refusal)',
    replace:
      "for (const { resolve } of batch) resolve({ status: 'committed', fresh: true, events: [], receipts: [], userChanges: [] })",
  },
  {
    breaks: 'G2: the lookup of an earlier send is skipped',
    file: `${sql}/writes/create-message.ts`,
    find: 'if (insertKey.run(num, write.sendKey, seq, write.contentKey).changes === 0) return repeated(write)',
    replace: 'insertKey.run(num, write.sendKey, seq, write.contentKey)',
  },
  {
    breaks: 'G2: another content under a known clientId is answered',
    file: `${sql}/writes/create-message.ts`,
    find: "if (!Buffer.from(first.contentKey).equals(write.contentKey)) throw new Refusal('client_id_reused')",
    replace: '',
  },
  {
    breaks: 'G2: the SDK sends again under a new clientId',
    file: `${client}/outbox.ts`,
    find: `        clientId,
        ...(forward ? { forward } : { text }),`,
    replace: `        clientId: line.tries > 0 ? \`\${clientId}-\${line.tries}\` : clientId,
        ...(forward ? { forward } : { text }),`,
  },
  {
    breaks: 'G2: the outbox gives a message up whose reply was lost',
    file: `${client}/outbox.ts`,
    find: 'if (!(error instanceof Refusal) || isPassing(error))',
    replace: 'if (error instanceof Refusal && isPassing(error))',
  },
  {
    breaks: 'G3: createdAt runs backwards with the clock',
    file: `${sql}/writes/create-message.ts`,
    find: 'const at = Math.max(write.at, conversation.lastAt)',
    replace: 'const { at } = write',
  },
  {
    breaks: 'G3: a send that waits for its limit is overtaken by the next one',
    file: 'packages/server/src/lib/in-order.ts',
    find: 'return ended',
    replace: 'ended.catch(() => undefined)\n    return step',
    test: 'packages/server/test/gateway-send-order.test.ts',
  },
  {
    breaks: 'G3: a message is appended after its sender has left',
    file: `${sql}/writes/access.ts`,
    find: "if (!found || !isMember(found)) throw new Refusal('not_found')",
    replace:
      "if (!found?.user) throw new Refusal('not_found')\n      if (!isMember(found)) return { ...found, user: found.user, role: 'member', readSeq: 0, readOrdinal: 0, deliveredSeq: 0 }",
  },
  {
    breaks: 'G4: the feed goes on behind a gap',
    file: `${domain}/delivery/feed.ts`,
    find: '} else if (seq > position) repair(id, seq)',
    replace:
      '} else if (seq > position) {\n      positions.set(id, seq)\n      sink.event(id, body, tag as UserId | undefined)\n    }',
  },
  {
    breaks: 'G4: the feed never compares with the heads, so that a lost last event stays lost',
    file: `${domain}/delivery/feed.ts`,
    find: 'if (position !== undefined && head > position && !seen.has(id)) repair(id, head)',
    replace: '',
  },
  {
    breaks: 'G4: a sync subscribes after its snapshot',
    file: `${gateway}/calls.ts`,
    find: `const standing = await subscriptions.enter(connection)
      return sync(domain, connection.session.userId, params, { standing, bounds, setBacks })`,
    replace: `const result = await sync(domain, connection.session.userId, params, { bounds })
      await subscriptions.enter(connection)
      return result`,
  },
  {
    breaks: 'G4: a sync cut short says nothing of more',
    file: `${domain}/delivery/sync.ts`,
    find: 'if (reached < head) more.push({ id, head })',
    replace: '',
  },
  {
    breaks: 'G4: a lost last change of what is a user’s own stays lost',
    file: `${domain}/delivery/user-feed.ts`,
    find: 'if (rev !== undefined && userRev > rev && !seen.has(userId)) repair(userId, userRev)',
    replace: '',
  },
  {
    breaks: 'G5: the SDK folds across a gap',
    file: `${client}/take-event.ts`,
    find: 'if (event.seq > cursor + 1) {',
    replace: 'if (event.seq > Number.MAX_SAFE_INTEGER) {',
  },
  {
    breaks: 'G5: the SDK never fetches what a gap hides',
    file: `${client}/sync-engine.ts`,
    find: 'if (isBehind(local)) this.#effects.repair(id)',
    replace: '',
  },
  {
    breaks: 'G1: a connection is left for the next one before its calls are acknowledged',
    file: `${client}/connection.ts`,
    find: ' || before.calls.count > 0) return',
    replace: ') return',
    test: 'packages/client/src/handover.test.ts',
  },
  {
    breaks: 'G5: what waits is sent into another history, before the copies of the last are dropped',
    file: `${client}/chat-session.ts`,
    find: 'if (engine.isOf(hello)) outbox.online()',
    replace: 'outbox.online()',
    test: 'packages/client/src/outbox.test.ts',
  },
  {
    breaks: 'G5: the SDK keeps its copies through another epoch',
    file: `${client}/sync-engine.ts`,
    find: 'if (other) this.#reset(epoch)',
    replace: '',
  },
  {
    breaks: 'G5: a copy that begins anew forgets how far one has read',
    file: `${client}/sync-engine.ts`,
    find: 'for (const id of result.reset) this.#beginAnew(id, result)',
    replace: 'for (const id of result.reset) this.#forget(id)',
  },
  {
    breaks: 'G5: the SDK keeps a conversation that it was removed from',
    file: `${client}/sync-engine.ts`,
    find: 'for (const id of result.removed) if ((this.#store.get(id)?.rev ?? 0) <= rev) this.#drop(id, rev)',
    replace: '',
  },
  {
    breaks: 'G5: an older word about one’s own settings undoes a newer one',
    file: `${client}/take-snapshot.ts`,
    find: 'conversation.me && before.me && rev < local.rev',
    replace: 'conversation.me && before.me && rev < 0',
    test: 'packages/client/src/take-snapshot.test.ts',
  },
  {
    breaks: 'G5: a reaction taken back is counted',
    file: 'packages/protocol/src/fold.ts',
    find: 'count: one.count + (added ? 1 : -1)',
    replace: 'count: one.count + 1',
  },
  {
    breaks: 'G5: unread counts the deleted',
    file: `${sql}/writes/cursors.ts`,
    find: 'return after === 0 ? 0 : after - (deletedAfter.get(num, seq)?.deleted ?? 0)',
    replace: 'return after',
  },
  {
    breaks: 'G5: an edit leaves the old text’s mentions',
    file: `${sql}/writes/edit-message.ts`,
    find: 'mentions.forget(conversation.num, seq)',
    replace: '',
  },
  {
    breaks: 'G5: a read cursor moves back',
    file: `${sql}/writes/move-cursor.ts`,
    find: 'if (seq <= readSeq) return nothingNew',
    replace: 'if (seq === readSeq) return nothingNew',
  },
  {
    breaks: 'G5: what changed behind a clock that was set back is passed over',
    file: `${domain}/delivery/sync.ts`,
    find: 'since > now ? 0 : (setBacks?.from(since) ?? since)',
    replace: 'since > now ? 0 : since',
  },
  {
    breaks: 'G6: one’s own member.left is not the last that one gets',
    file: `${gateway}/subscriptions.ts`,
    find: 'for (const connection of connectionsOf(left.userId)) leave(connection, id)',
    replace: '',
  },
  {
    breaks: 'G4: a member.left from before one was back takes one out',
    file: `${gateway}/subscriptions.ts`,
    find: 'if ((feed.position(id) ?? head) < head) {',
    replace: 'if ((feed.position(id) ?? head) < 0) {',
    test: 'packages/server/test/bus-cut.test.ts',
  },
  {
    breaks: 'G4: who hears of their removal first gets no event up to it',
    file: `${gateway}/user-hub.ts`,
    find: 'await subscriptions().catchUp(change.conversationId)',
    replace: '',
  },
  {
    breaks: 'G6: who was removed while they subscribed stays subscribed',
    file: `${gateway}/subscriptions.ts`,
    find: 'if ((feed.position(conversationId) ?? 0) > head) {',
    replace: 'if ((feed.position(conversationId) ?? 0) > Number.MAX_SAFE_INTEGER) {',
  },
  {
    breaks: 'G6: a deleted message keeps its text',
    file: `${sql}/writes/delete-message.ts`,
    find: "`UPDATE messages SET text = '', mentions",
    replace: '`UPDATE messages SET mentions',
  },
  {
    breaks: 'G6: an edit changes the log alone, and the old text is answered',
    file: `${sql}/writes/edit-message.ts`,
    find: 'update.run(message.place, sealed, resolved',
    replace: 'update.run(message.place, message.text, resolved',
  },
  {
    breaks: 'G6: a page comes from a replica that has not come so far',
    file: `${sql}/replicated-pages.ts`,
    find: 'page.lineage === asked.lineage && page.head >= asked.head',
    replace: 'page.lineage === asked.lineage',
  },
  {
    breaks: 'G6: a page comes from a replica of the history before a restore',
    file: `${sql}/replicated-pages.ts`,
    find: 'page.lineage === asked.lineage && page.head >= asked.head',
    replace: 'page.head >= asked.head',
    test: 'packages/server/src/drivers/sql/replicated-pages.test.ts',
  },
  {
    breaks: 'G6: who shares no conversation any more is shown as they were before',
    file: `${domain}/presence/presence-watch.ts`,
    find: '.then(tellMoved)',
    replace: '',
    test: `${domain}/presence/presence-watch.test.ts`,
  },
  {
    breaks: 'G6: that somebody was removed is not told to who watches them',
    file: `${domain}/delivery/announce.ts`,
    find: 'if (moved.size > 0) messages.push({ channel: sharingChannel',
    replace: 'if (moved.size > Number.MAX_SAFE_INTEGER) messages.push({ channel: sharingChannel',
    test: 'packages/server/test/gateway-state.test.ts',
  },
  {
    breaks: 'G6: a change of presence is told to every watcher',
    file: `${domain}/presence/presence-watch.ts`,
    find: 'if (!mutual.has(watcher.userId) && watcher.userId !== userId) continue',
    replace: '',
  },
  {
    breaks: 'G6: who begins to watch is shown whomever they ask for',
    file: `${domain}/presence/shown.ts`,
    find: 'mutual.has(seen.userId) || seen.userId === viewerId ? shown(seen) : hidden(seen.userId)',
    replace: 'mutual.has(seen.userId) || true ? shown(seen) : hidden(seen.userId)',
  },
  {
    breaks: 'G6: invisible is forgotten with the server that it was told to',
    file: `${domain}/presence/kept-presence.ts`,
    find: 'if ((await chosenBy(userId)) !== chosen) {',
    replace: "if (chosen !== 'invisible') {",
  },
  {
    breaks: 'G6: a device that is away ends what was chosen on another',
    file: `${client}/chosen-status.ts`,
    find: "{ status: isAway ? 'away' : 'online', again: true }",
    replace: "{ status: isAway ? 'away' : 'online' }",
  },
  {
    breaks: 'G6: who is invisible is told to have received a message',
    file: `${gateway}/calls.ts`,
    find: 'if (await isSeen(userId)) await moveCursor(',
    replace: 'await moveCursor(',
  },
  {
    breaks: 'G6: who is invisible is seen typing',
    file: `${gateway}/calls.ts`,
    find: 'if (maySend && (await isSeen(userId)))',
    replace: 'if (maySend)',
  },
  {
    breaks: 'G5: presence that was looked up before a change is told after it',
    file: `${domain}/presence/presence-watch.ts`,
    find: 'if (!changedSince.has(seen.userId)) compare(seen)',
    replace: 'compare(seen)',
  },
  {
    breaks: 'G5: the SDK shows the presence that it was told first',
    file: `${client}/presence-watch.ts`,
    find: '  this.#values.get(presence.userId)?.set(presence)',
    replace: 'if (this.#planned) this.#values.get(presence.userId)?.set(presence)',
  },
  {
    breaks: 'G5: a cursor of another moves without its time',
    file: `${client}/unread.ts`,
    find: '{ readSeq, readAt: readAt ?? null }',
    replace: '{ readSeq }',
  },
  {
    breaks: 'G5: who fell silent unheard is seen typing for ever',
    file: `${client}/typing.ts`,
    find: 'const cancelStop = timers.after(forMs, () => this.take(conversationId, userId, false))',
    replace: 'const cancelStop = timers.after(forMs, () => undefined)',
  },
  {
    breaks: 'G6: pushes flow before the first sync',
    file: `${gateway}/connection.ts`,
    find: 'if (this.synced) this.send(...frames)',
    replace: 'this.send(...frames)',
  },
]
