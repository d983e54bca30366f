import type { FreshInvitation } from '@confab/protocol/invitation'
import { doCall } from '../people.ts'
import { administrators, everybody, signedIn } from './answers.ts'
import type { OperationRows } from './row.ts'
import type { Scene } from './world.ts'

const missing = '01939c2e-0000-7000-8000-000000000001'

export const peopleRows: OperationRows = {
  'GET /api/v1/sign-in': { answers: everybody() },
  'GET /api/dev/mail': { what: 'on loopback, without SMTP', answers: everybody() },

  'GET /api/v1/me': { answers: signedIn() },
  'PATCH /api/v1/me': { answers: signedIn(), ask: () => ({ body: { bio: 'Here' } }) },
  'DELETE /api/v1/me': { answers: signedIn(), spends: 'accounts' },
  'PUT /api/v1/me/blocks/{userId}': {
    answers: signedIn(),
    ask: ({ cast }) => ({ path: { userId: cast.newcomer.id } }),
    spends: 'sessions',
  },
  'DELETE /api/v1/me/blocks/{userId}': {
    answers: signedIn(),
    ask: ({ cast }) => ({ path: { userId: cast.newcomer.id } }),
  },
  'GET /api/v1/me/export': { answers: signedIn() },
  // There is one an hour: it takes people who have not asked yet.
  'POST /api/v1/me/export': { answers: signedIn(), spends: 'accounts' },
  'GET /api/v1/me/export/state': { answers: signedIn() },
  'GET /api/v1/me/consents': { answers: signedIn() },
  // Nothing is asked for here, so there is nothing to agree to, nor to take back.
  'PUT /api/v1/me/consents/{kind}': {
    answers: signedIn(404),
    ask: () => ({ path: { kind: 'terms' }, body: { version: 1 } }),
  },
  'GET /api/v1/me/consents/{kind}/{version}': {
    answers: signedIn(404),
    ask: () => ({ path: { kind: 'terms', version: '1' } }),
  },
  'DELETE /api/v1/me/consents/{kind}': { answers: signedIn(404), ask: () => ({ path: { kind: 'terms' } }) },
  'GET /api/v1/retention': { answers: signedIn() },
  'GET /api/v1/me/sessions': { answers: signedIn() },
  'DELETE /api/v1/me/sessions': { answers: signedIn(), spends: 'sessions' },
  'DELETE /api/v1/me/sessions/{id}': [
    { what: 'one’s own', answers: signedIn(), ask: ownSession },
    { what: 'another’s', answers: signedIn(404), ask: anothersSession },
  ],
  'GET /api/v1/users': { answers: signedIn(), ask: () => ({ query: { query: 'o' } }) },
  'GET /api/v1/users/{id}': { answers: signedIn(), ask: ({ cast }) => ({ path: { id: cast.other.id } }) },
  'GET /api/v1/presence': {
    answers: signedIn(),
    ask: ({ cast }) => ({ query: { userIds: cast.owner.id } }),
  },
  'PUT /api/v1/presence': { answers: signedIn(), ask: () => ({ body: { status: 'online' } }) },
}

export const administrationRows: OperationRows = {
  'GET /api/v1/admin/account-settings': { answers: administrators() },
  'PATCH /api/v1/admin/account-settings': {
    answers: administrators(),
    ask: () => ({ body: { signUp: 'open' } }),
  },
  'GET /api/v1/admin/consent-settings': { answers: administrators() },
  'PUT /api/v1/admin/consent-settings': {
    answers: administrators(),
    ask: () => ({ body: { terms: null, privacy: null, minimumAge: null } }),
  },
  'PUT /api/v1/admin/retention': { answers: administrators(), ask: () => ({ body: { days: null } }) },
  'POST /api/v1/admin/invitations': { answers: administrators(), ask: () => ({ body: {} }) },
  'GET /api/v1/admin/invitations': { answers: administrators() },
  'DELETE /api/v1/admin/invitations/{invitationId}': { answers: administrators(), ask: serverInvitation },
  'GET /api/v1/admin/accounts': { answers: administrators() },
  'GET /api/v1/admin/accounts/{userId}': { answers: administrators(), ask: onNewcomer },
  'PATCH /api/v1/admin/accounts/{userId}': {
    answers: administrators(),
    ask: (scene) => ({ ...onNewcomer(scene), body: { serverRole: 'member' } }),
  },
  'PUT /api/v1/admin/accounts/{userId}/suspension': {
    answers: administrators(),
    ask: (scene) => ({ ...onNewcomer(scene), body: { reason: 'spam' } }),
    spends: 'sessions',
  },
  'DELETE /api/v1/admin/accounts/{userId}/suspension': { answers: administrators(), ask: onNewcomer },
  'DELETE /api/v1/admin/accounts/{userId}/second-factor': {
    what: 'of who has none',
    answers: administrators(409),
    ask: onNewcomer,
  },
  'DELETE /api/v1/admin/accounts/{userId}/sessions': {
    answers: administrators(),
    ask: onNewcomer,
    spends: 'sessions',
  },
  'GET /api/v1/admin/reports': { answers: administrators(), ask: () => ({ query: { status: 'open' } }) },
  'GET /api/v1/admin/reports/{reportId}': { answers: administrators(), ask: openReport },
  'POST /api/v1/admin/reports/{reportId}/settle': {
    answers: administrators(),
    ask: async (scene) => ({ ...(await openReport(scene)), body: { outcome: 'dismissed' } }),
  },
  'DELETE /api/v1/admin/conversations/{id}/messages/{seq}': {
    what: 'of a conversation that one is in or not',
    answers: administrators(),
    ask: ({ theirs }) => ({ path: { seq: theirs } }),
  },
  'GET /api/v1/admin/audit': { answers: administrators() },
  'GET /api/v1/admin/audit/export': { answers: administrators() },
  'GET /api/v1/admin/dead-letters': { answers: administrators() },
  'POST /api/v1/admin/dead-letters/{letterId}/retry': {
    what: 'one that isn’t there',
    answers: administrators(404),
    ask: () => ({ path: { letterId: missing } }),
  },
  'DELETE /api/v1/admin/dead-letters/{letterId}': {
    what: 'one that isn’t there',
    answers: administrators(404),
    ask: () => ({ path: { letterId: missing } }),
  },
}

function onNewcomer({ cast }: Scene) {
  return { path: { userId: cast.newcomer.id } }
}

/** One that another sign-in of the same person began; who can't come in names a session that isn't there. */
async function ownSession({ server, as }: Scene) {
  const before = await sessionIds({ server, as })
  if (!as || before.length === 0) return { path: { id: missing } }
  await server.signIn(as.email)
  const added = (await sessionIds({ server, as })).find((id) => !before.includes(id))
  return { path: { id: added ?? missing } }
}

async function anothersSession({ server, cast }: Scene) {
  const [id = missing] = await sessionIds({ server, as: cast.other })
  return { path: { id } }
}

async function sessionIds({ server, as }: Pick<Scene, 'server' | 'as'>): Promise<string[]> {
  const { status, body } = await server.call(as, 'GET /api/v1/me/sessions')
  return status === 200 ? (body as { items: { id: string }[] }).items.map(({ id }) => id) : []
}

/** A member's, of a message that nobody else has reported. */
async function openReport({ server, cast, id, theirs }: Scene) {
  const path = `/api/v1/conversations/${id}/messages/${theirs}/report`
  const made = await doCall(server, cast.member, `POST ${path}`, { reason: 'spam' })
  return { path: { reportId: (made as { id: string }).id } }
}

async function serverInvitation({ server, cast }: Scene) {
  const made = await doCall(server, cast.administrator, 'POST /api/v1/admin/invitations', {})
  return { path: { invitationId: (made as FreshInvitation).id } }
}
