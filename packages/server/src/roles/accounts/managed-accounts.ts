import { account, accountChange, newSuspension } from '@confab/protocol/account'
import { userId } from '@confab/protocol/ids'
import { storableText } from '@confab/protocol/text'
import { serverRole } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import {
  changeServerRole,
  endAccountSessions,
  reinstateAccount,
  removeSecondFactor,
  suspendAccount,
} from '../../domain/accounts/change-account.ts'
import { findAccount, listAccounts, type ManagedAccount } from '../../domain/accounts/find-accounts.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const queryCodePointsMax = 254
/** It holds a name, of 1,000 code points at most, and is encoded and sealed. */
const cursorCharactersMax = 8_192
const listPath = '/api/v1/admin/accounts'
const onePath = `${listPath}/{userId}`
const suspensionPath = `${onePath}/suspension`

/** Everybody's accounts, for administrators; to others `forbidden`. */
export function managedAccountRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const common = { ...door, tags: ['Administration'] }
  const params = z.object({ userId })
  const answer = jsonAnswer('The account as it is now', account)
  const refusals = problemAnswers('unauthenticated', 'forbidden', 'not_found')
  const changing = problemAnswers(
    ...(['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'] as const),
  )

  const list = createRoute({
    ...common,
    method: 'get',
    path: listPath,
    summary: 'The accounts, by name',
    description:
      '`query` is the beginning of a name or handle, or, with an `@` in it, of an address. ' +
      'A page may hold fewer than `limit` though `next` leads on.',
    request: {
      query: listQuery.extend({
        cursor: z.string().max(cursorCharactersMax).optional(),
        query: storableText(queryCodePointsMax).default(''),
        role: serverRole.optional(),
        status: account.shape.status.optional(),
      }),
    },
    responses: {
      200: jsonAnswer('A page of them', listOf(account)),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(list, async (c) => {
    const { status, ...page } = c.req.valid('query')
    const suspended = status && status === 'suspended'
    const { items, next } = await listAccounts(domain, c.var.session.userId, { ...page, suspended })
    return c.json({ items: items.map(toAccount), next }, 200)
  })

  const read = createRoute({
    ...common,
    method: 'get',
    path: onePath,
    summary: 'One account',
    request: { params },
    responses: { 200: answer, ...refusals },
  })
  routes.openapi(read, async (c) =>
    c.json(toAccount(await findAccount(domain, c.var.session.userId, c.req.valid('param').userId)), 200),
  )

  const change = createRoute({
    ...common,
    method: 'patch',
    path: onePath,
    summary: 'Make somebody an administrator, or a member again',
    description: 'The last administrator stays one: `conflict`.',
    request: { params, ...jsonBody(accountChange) },
    responses: { 200: answer, ...changing },
  })
  routes.openapi(change, async (c) => {
    const { serverRole: role } = c.req.valid('json')
    const wanted = { userId: c.req.valid('param').userId, role }
    return c.json(
      toAccount(await changeServerRole(actingFrom(domain, c.var), c.var.session.userId, wanted)),
      200,
    )
  })

  const suspend = createRoute({
    ...common,
    method: 'put',
    path: suspensionPath,
    summary: 'Suspend an account',
    description:
      'Its sessions end, its sockets close within a second, and signing in is refused with the reason, ' +
      'once they have shown that the account is theirs. What they wrote stays. Nobody suspends themselves.',
    request: { params, ...jsonBody(newSuspension) },
    responses: { 200: answer, ...changing },
  })
  routes.openapi(suspend, async (c) => {
    const wanted = { userId: c.req.valid('param').userId, reason: c.req.valid('json').reason }
    return c.json(
      toAccount(await suspendAccount(actingFrom(domain, c.var), c.var.session.userId, wanted)),
      200,
    )
  })

  const reinstate = createRoute({
    ...common,
    method: 'delete',
    path: suspensionPath,
    summary: 'Let a suspended account in again',
    request: { params },
    responses: { 200: answer, ...refusals, ...problemAnswers('overloaded') },
  })
  routes.openapi(reinstate, async (c) =>
    c.json(
      toAccount(
        await reinstateAccount(actingFrom(domain, c.var), c.var.session.userId, c.req.valid('param').userId),
      ),
      200,
    ),
  )

  const signOut = createRoute({
    ...common,
    method: 'delete',
    path: `${onePath}/sessions`,
    summary: 'Sign somebody out everywhere',
    description:
      'Their tokens are refused and their sockets close within a second, in every process. They may sign in ' +
      'again. A link for a new password that they had asked for is good no more.',
    request: { params },
    responses: { 204: { description: 'Signed out' }, ...refusals },
  })
  routes.openapi(signOut, async (c) => {
    await endAccountSessions(actingFrom(domain, c.var), c.var.session.userId, c.req.valid('param').userId)
    return c.body(null, 204)
  })

  const unfactor = createRoute({
    ...common,
    method: 'delete',
    path: `${onePath}/second-factor`,
    summary: 'Take away the second factor of somebody who has lost it',
    description:
      'They are told by mail, and sign in without it until they have set up another. Make sure first that it is ' +
      'they who ask. `conflict` where there is none, and for one’s own.',
    request: { params },
    responses: { 200: answer, ...refusals, ...problemAnswers('conflict') },
  })
  routes.openapi(unfactor, async (c) =>
    c.json(
      toAccount(
        await removeSecondFactor(
          actingFrom(domain, c.var),
          c.var.session.userId,
          c.req.valid('param').userId,
        ),
      ),
      200,
    ),
  )

  return routes
}

const toAccount = ({
  user,
  serverRole: role,
  suspension,
  email,
  secondFactor,
  lastSeenAt,
}: ManagedAccount) => ({
  ...user,
  email,
  serverRole: role,
  status: suspension ? ('suspended' as const) : ('active' as const),
  suspension: suspension && { ...suspension, at: isoTime(suspension.at) },
  secondFactor,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
})
