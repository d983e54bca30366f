import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'
import { beginAt, type LocalConversation, type Snapshot } from './local-conversation.ts'
import { takeEvent } from './take-event.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { takeReceipt } from './unread.ts'

test('[SDK56] a cursor that is told of somebody before they are shown is not undone by the older snapshot that shows them', async () => {
  const { ann, bob, group } = await twoInAGroup()
  const shown = { conversation: group.seenBy(ann.id), rev: 1 }
  const [annAlone, bobIn] = shown.conversation.members
  if (!annAlone || !bobIn) throw new Error('two members')
  const alone = beginAt({
    conversation: { ...shown.conversation, members: [annAlone], memberCount: 1 },
    rev: 1,
  })
  const at = '2026-01-01T00:00:09.000Z'
  const cursors = { readSeq: 7, readAt: at, deliveredSeq: 8, deliveredAt: at }
  const { readSeq, readAt, ...delivered } = cursors
  const told = { conversationId: shown.conversation.id, userId: bob.id }
  const early = [
    { ...told, readSeq, readAt },
    { ...told, ...delivered },
  ].reduce((local, receipt) => takeReceipt(local, receipt, ann.id), alone)
  const { conversation } = takeSnapshot(early, shown, ann.id)
  expect(conversation.members).toEqual([annAlone, { ...bobIn, ...cursors }])
})

test("[SDK39] an older word about one's own settings doesn't undo a newer one, in whatever order they come", async () => {
  const { server, ann, bob, group } = await twoInAGroup()
  const older = { conversation: group.seenBy(ann.id), rev: 1 }
  server.mute(group.id, ann.id, true)
  const newer = { conversation: group.seenBy(ann.id), rev: 2 }
  const sent = server.send(group.id, bob.id, 'since', '1')
  if (!sent) throw new Error('sent')
  const expected = group.seenBy(ann.id).me

  const take = (local: LocalConversation, one: Snapshot) => takeSnapshot(local, one, ann.id)
  const inOrder = [older, newer].reduce(take, beginAt(older))
  const turned = [newer, older].reduce(take, beginAt(older))
  for (const local of [inOrder, turned])
    expect(takeEvent(local, sent, ann.id).conversation.me).toEqual(expected)
  // From before what is held: the event since is folded onto it.
  const ahead = takeSnapshot(takeEvent(inOrder, sent, ann.id), older, ann.id)
  expect(ahead.conversation.me).toEqual(expected)
})
