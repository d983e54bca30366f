import { median } from '../measure/statistics.ts'
import type { Row, Run } from './row.ts'

const eachWay = 100
const reachMs = 1_000
/** Later than this it is no figure but a mistake. */
const outliveMsMax = 30_000

/**
 * How long a socket outlives its session: from the request that ends it, at the first node, until the socket
 * is closed, at the second where there is one.
 */
export const signOut: Row = {
  name: 'sign-out',
  work: '200 sockets whose sessions are ended by REST, at the other node: 100 one after the other, 100 at once',
  population: { users: 4 * eachWay, conversations: 2 * eachWay, members: 2, messages: 0 },
  systems: ['two nodes', 'cluster'],
  figures: [
    { key: 'ms', label: 'median sign-out to socket closed', unit: 'ms', digits: 1, better: 'less' },
    {
      key: 'slowestMs',
      label: 'the slowest of 100, one after the other',
      unit: 'ms',
      digits: 1,
      better: 'less',
      reach: { of: 'value', atMost: reachMs },
    },
    {
      key: 'atOnceMs',
      label: 'the slowest of 100 at once',
      unit: 'ms',
      digits: 1,
      better: 'less',
      reach: { of: 'value', atMost: reachMs },
    },
  ],
  async run(run) {
    // Those of odd index have their sockets at the second node.
    const users = Array.from({ length: 2 * eachWay }, (_, index) => 2 * index + 1)
    const sessions = await Promise.all(users.map((user) => openSession(run, user)))
    const singly: number[] = []
    for (const session of sessions.slice(0, eachWay)) singly.push(await session.end())
    const atOnce = await Promise.all(sessions.slice(eachWay).map((session) => session.end()))
    return { ms: median(singly), slowestMs: Math.max(...singly), atOnceMs: Math.max(...atOnce) }
  },
}

/** A synced socket; `end` ends its session and answers after how many milliseconds the socket was closed. */
async function openSession({ system, population }: Run, user: number) {
  const closed = Promise.withResolvers<number>()
  const client = await system.connectConfab(user, (trouble) => {
    if (trouble.includes('(4401)')) closed.resolve(performance.now())
    else closed.reject(new Error(`not closed as signed out: ${trouble}`))
  })
  closed.promise.catch(() => undefined)
  await client.follow(population.cursorsOf(user))
  return {
    async end(): Promise<number> {
      const from = performance.now()
      const answer = await fetch(`http://127.0.0.1:${system.program.port}/api/auth/sign-out`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${population.users[user]?.token}`,
          'Content-Type': 'application/json',
        },
        body: '{}',
      })
      if (!answer.ok) throw new Error(`sign-out: ${answer.status} ${await answer.text()}`)
      const tooLate = setTimeout(
        () => closed.reject(new Error(`a socket outlived its session by ${outliveMsMax} ms`)),
        outliveMsMax,
      )
      const at = await closed.promise
      clearTimeout(tooLate)
      return at - from
    },
  }
}
