import { openStream } from '../stream.ts'
import { admins, everybody, members, noMember, signedIn } from './answers.ts'
import type { OperationRows } from './row.ts'
import { notesOf, type Scene } from './world.ts'

const message = (path = '') => `/api/v1/conversations/{id}/messages${path}`
const onTheirs = ({ theirs }: Scene) => ({ path: { seq: theirs, emoji: '👍' } })
const onMine = ({ mine }: Scene) => ({ path: { seq: mine } })
const newId = () => crypto.randomUUID()

export const messageRows: OperationRows = {
  [`GET ${message()}`]: [
    { answers: members },
    { what: 'a public channel', where: 'channel', answers: members },
  ],
  [`POST ${message()}`]: [
    { answers: members, ask: () => ({ body: { clientId: newId(), text: 'Hi' } }) },
    {
      what: 'in a public channel',
      where: 'channel',
      answers: members,
      ask: () => ({ body: { clientId: newId(), text: 'Hi' } }),
    },
    { what: 'forward out of it', answers: members, ask: forwarding },
  ],
  [`POST ${message('/{seq}/report')}`]: {
    answers: members,
    ask: (scene) => ({ ...onTheirs(scene), body: { reason: 'spam' } }),
  },
  [`GET ${message('/{seq}')}`]: { answers: members, ask: onTheirs },
  [`PATCH ${message('/{seq}')}`]: [
    { what: 'one’s own', answers: members, ask: (scene) => ({ ...onMine(scene), body: { text: 'Ho' } }) },
    {
      what: 'another’s',
      answers: noMember(403),
      ask: (scene) => ({ ...onTheirs(scene), body: { text: 'Ho' } }),
    },
  ],
  [`DELETE ${message('/{seq}')}`]: [
    { what: 'one’s own', answers: members, ask: onMine },
    { what: 'another’s', answers: admins, ask: onTheirs },
  ],
  [`PUT ${message('/{seq}/reactions/{emoji}')}`]: { answers: members, ask: onTheirs },
  [`DELETE ${message('/{seq}/reactions/{emoji}')}`]: { answers: members, ask: onTheirs },
  [`GET ${message('/{seq}/reactions/{emoji}')}`]: { answers: members, ask: onTheirs },
  [`PUT ${message('/{seq}/pin')}`]: { answers: members, ask: onTheirs },
  [`DELETE ${message('/{seq}/pin')}`]: { answers: members, ask: onTheirs },
  'GET /api/v1/conversations/{id}/pins': { answers: members },
  'GET /api/v1/conversations/{id}/events': { answers: members },
  'PUT /api/v1/conversations/{id}/read': {
    answers: members,
    ask: ({ theirs }) => ({ body: { seq: theirs } }),
  },
}

export const socketRows: OperationRows = {
  'POST /api/v1/ws/ticket': { answers: signedIn() },
  'GET /api/v1/ws': { what: 'without an upgrade', answers: everybody(426) },
  'GET /api/v1/stream': { answers: signedIn() },
  'POST /api/v1/call': { what: 'on another’s stream', answers: signedIn(404), ask: onAnothersStream },
}

async function forwarding(scene: Scene) {
  const forward = { conversationId: scene.id, seq: scene.theirs }
  return { path: { id: await notesOf(scene) }, body: { clientId: newId(), forward } }
}

async function onAnothersStream({ server, cast, held }: Scene) {
  const { connectionId } = held.use(await openStream(server, cast.other))
  return { body: { connectionId, id: 1, method: 'ping' } }
}
