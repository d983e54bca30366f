import type { FreshInvitation } from '@confab/protocol/invitation'
import { doCall } from '../people.ts'
import { admins, members, owner, signedIn } from './answers.ts'
import type { OperationRows } from './row.ts'
import type { Scene } from './world.ts'

const ofOther = ({ cast }: Scene) => ({ userId: cast.other.id })
const ofNewcomer = ({ cast }: Scene) => ({ userId: cast.newcomer.id })

export const conversationRows: OperationRows = {
  'GET /api/v1/conversations': { answers: signedIn() },
  'POST /api/v1/conversations': {
    answers: signedIn(),
    ask: ({ cast }) => ({ body: { kind: 'group', name: 'Another', memberIds: [cast.newcomer.id] } }),
  },
  'GET /api/v1/conversations/{id}': [
    { answers: members },
    { what: 'a public channel', where: 'channel', answers: signedIn() },
  ],
  'PATCH /api/v1/conversations/{id}': { answers: admins, ask: () => ({ body: { name: 'Renamed' } }) },
  'DELETE /api/v1/conversations/{id}': { answers: owner },
  'PATCH /api/v1/conversations/{id}/me': { answers: members, ask: () => ({ body: { muted: true } }) },
  'GET /api/v1/channels': { answers: signedIn() },
  'POST /api/v1/conversations/{id}/join': [
    { what: 'a private group', answers: members },
    { what: 'a public channel', where: 'channel', answers: signedIn(), tells: true },
  ],
  'POST /api/v1/conversations/{id}/leave': { answers: members },

  'GET /api/v1/conversations/{id}/members': { answers: members },
  'PUT /api/v1/conversations/{id}/members/{userId}': [
    { what: 'add somebody', answers: members, ask: (scene) => ({ path: ofNewcomer(scene), body: {} }) },
    {
      what: 'add an admin',
      answers: admins,
      ask: (scene) => ({ path: ofNewcomer(scene), body: { role: 'admin' } }),
    },
    {
      what: 'make a member admin',
      answers: admins,
      ask: (scene) => ({ path: ofOther(scene), body: { role: 'admin' } }),
    },
    {
      what: 'hand the conversation over',
      answers: owner,
      ask: (scene) => ({ path: ofOther(scene), body: { role: 'owner' } }),
    },
  ],
  'DELETE /api/v1/conversations/{id}/members/{userId}': [
    { what: 'another', answers: admins, ask: (scene) => ({ path: ofOther(scene) }) },
    {
      what: 'oneself',
      answers: members,
      ask: ({ as, cast }) => ({ path: { userId: (as ?? cast.other).id } }),
    },
  ],

  'POST /api/v1/conversations/{id}/invitations': { answers: admins, ask: () => ({ body: {} }) },
  'GET /api/v1/conversations/{id}/invitations': { answers: admins },
  'DELETE /api/v1/conversations/{id}/invitations/{invitationId}': {
    answers: admins,
    ask: async (scene) => ({ path: { invitationId: (await invite(scene)).id } }),
  },
  'POST /api/v1/invitations/look': { what: 'with a link', answers: signedIn(), ask: withLink, tells: true },
  'POST /api/v1/invitations/accept': { what: 'with a link', answers: signedIn(), ask: withLink, tells: true },
}

async function withLink(scene: Scene) {
  return { body: { token: (await invite(scene)).token } }
}

const invite = async ({ server, cast, id }: Scene) =>
  (await doCall(server, cast.owner, `POST /api/v1/conversations/${id}/invitations`, {})) as FreshInvitation
