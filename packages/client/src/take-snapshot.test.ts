import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'
import { beginAt, type LocalConversation, type Snapshot } from './local-conversation.ts'
import { takeEvent } from './take-event.ts'
import { takeSnapshot } from './take-snapshot.ts'

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
