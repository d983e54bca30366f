import type { Method } from '@confab/protocol/calls'
import { admins, members, noMember, signedIn } from './answers.ts'
import type { Row } from './row.ts'
import { notesOf, type Scene } from './world.ts'

const onMine = ({ id, mine }: Scene) => ({ body: { conversationId: id, seq: mine } })
const onTheirs = ({ id, theirs }: Scene) => ({ body: { conversationId: id, seq: theirs } })
const withEmoji = ({ id, theirs }: Scene) => ({ body: { conversationId: id, seq: theirs, emoji: '👍' } })
const ofIt = ({ id }: Scene) => ({ body: { conversationId: id } })
const watched = ({ cast }: Scene) => ({ body: { userIds: [cast.owner.id] } })
const newId = () => crypto.randomUUID()

/** The socket's calls: each is asked over a socket, and over a stream with calls beside it. */
export const callRows: Record<Method, Row | readonly Row[]> = {
  auth: {
    what: 'once signed in, or with nobody’s token',
    answers: signedIn(409),
    ask: ({ as }) => ({ body: { token: as?.token ?? 'x' } }),
  },
  ping: { answers: signedIn() },
  sync: { answers: signedIn() },
  conversations: [
    { answers: signedIn() },
    { what: 'by id: others’ are left out', answers: signedIn(), ask: ({ id }) => ({ body: { ids: [id] } }) },
  ],
  events: { answers: members, ask: ofIt },
  history: { answers: members, ask: ofIt },
  'message.send': [
    { answers: members, ask: ({ id }) => ({ body: { conversationId: id, clientId: newId(), text: 'Hi' } }) },
    { what: 'forward out of it', answers: members, ask: forwarding },
  ],
  'message.edit': [
    {
      what: 'one’s own',
      answers: members,
      ask: ({ id, mine }) => ({ body: { conversationId: id, seq: mine, text: 'Ho' } }),
    },
    {
      what: 'another’s',
      answers: noMember(403),
      ask: ({ id, theirs }) => ({ body: { conversationId: id, seq: theirs, text: 'Ho' } }),
    },
  ],
  'message.delete': [
    { what: 'one’s own', answers: members, ask: onMine },
    { what: 'another’s', answers: admins, ask: onTheirs },
  ],
  'message.react': { answers: members, ask: withEmoji },
  'message.unreact': { answers: members, ask: withEmoji },
  'message.pin': { answers: members, ask: onTheirs },
  'message.unpin': { answers: members, ask: onTheirs },
  read: { answers: members, ask: onTheirs },
  delivered: { answers: members, ask: onTheirs },
  typing: { answers: members, ask: ({ id }) => ({ body: { conversationId: id, typing: true } }) },
  'presence.set': { answers: signedIn(), ask: () => ({ body: { status: 'online' } }) },
  'presence.watch': { answers: signedIn(), ask: watched },
  'presence.unwatch': { answers: signedIn(), ask: watched },
}

async function forwarding(scene: Scene) {
  const forward = { conversationId: scene.id, seq: scene.theirs }
  return { body: { conversationId: await notesOf(scene), clientId: newId(), forward } }
}
