import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { doCall, signInPeople, startGroup } from './people.ts'
import { startServer } from './start-server.ts'

test('[AUDIT12] while the audit log can’t be written no act is done and each is told so; asked again both are', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const root = await server.signIn('root@example.com')
  const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
  const [group, other] = [await startGroup(server, ann, [bob]), await startGroup(server, ann, [bob])]
  const conversation = `/api/v1/conversations/${group.id}`
  const say = async () => {
    const said = { clientId: crypto.randomUUID(), text: 'buy, buy' }
    return ((await doCall(server, bob, `POST ${conversation}/messages`, said)) as { seq: number }).seq
  }
  const [seq, reported, another] = [await say(), await say(), await say()]
  const report = `POST ${conversation}/messages/${reported}/report`
  const { id: matter } = (await doCall(server, ann, report, { reason: 'spam' })) as { id: string }
  const links = `${conversation}/invitations`
  const link = { uses: 1, expiresInHours: 1 }
  const { id: made } = (await doCall(server, ann, `POST ${links}`, link)) as { id: string }
  const admin = '/api/v1/admin'
  const consents = { terms: 'Be kind.', privacy: null, minimumAge: null }
  const acts = [
    [ann, `PUT ${conversation}/members/${eve.id}`, { role: 'admin' }, 'role.changed'],
    [ann, `PUT ${conversation}/members/${bob.id}`, { role: 'admin' }, 'role.changed'],
    [ann, `DELETE ${conversation}/members/${eve.id}`, undefined, 'role.changed'],
    [ann, `DELETE ${conversation}/messages/${another}`, undefined, 'message.removed'],
    [ann, `PATCH ${conversation}`, { retentionDays: 9 }, 'conversation.changed'],
    [ann, `POST ${links}`, link, 'invitation.created'],
    [ann, `DELETE ${links}/${made}`, undefined, 'invitation.revoked'],
    [ann, `DELETE /api/v1/conversations/${other.id}`, undefined, 'conversation.deleted'],
    [root, `DELETE ${admin}/conversations/${group.id}/messages/${seq}`, undefined, 'message.removed'],
    [root, `POST ${admin}/reports/${matter}/settle`, { outcome: 'dismissed' }, 'report.settled'],
    [root, `PATCH ${admin}/accounts/${ann.id}`, { serverRole: 'admin' }, 'role.changed'],
    [root, `PUT ${admin}/accounts/${bob.id}/suspension`, { reason: 'spam' }, 'account.suspended'],
    [root, `DELETE ${admin}/accounts/${bob.id}/suspension`, undefined, 'account.reinstated'],
    [root, `DELETE ${admin}/accounts/${eve.id}/sessions`, undefined, 'sessions.ended'],
    [root, `PATCH ${admin}/account-settings`, { signUp: 'closed' }, 'settings.changed'],
    [root, `PUT ${admin}/retention`, { days: 90 }, 'settings.changed'],
    [root, `PUT ${admin}/consent-settings`, consents, 'settings.changed'],
  ] as const
  const log = new Database(join(server.dataDir, 'confab.db'))
  const newest = () =>
    log
      .query<{ num: number; action: string; network: string }, []>(
        'SELECT num, action, network FROM audit_log ORDER BY num DESC',
      )
      .get()
  log.run('PRAGMA busy_timeout = 5000')
  for (const [by, request, body, action] of acts) {
    const before = newest()
    log.run(`CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'full'); END`)
    const failed = await server.call(by, request, body)
    log.run('DROP TRIGGER full')
    expect([request, failed.status >= 500, failed.body, newest()]).toEqual([
      ...[request, true],
      expect.objectContaining({ status: failed.status, code: expect.any(String) }),
      before,
    ])
    await doCall(server, by, request, body)
    const num = (before?.num ?? 0) + 1
    expect([request, newest()]).toEqual([request, { num, action, network: '127.0.0.0/24' }])
  }
  log.close()
})
