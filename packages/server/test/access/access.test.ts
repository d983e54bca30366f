import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openPatterns } from '../../src/drivers/better-auth/open-paths.ts'
import { readDocument } from '../documented.ts'
import { readLog } from '../people.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { testEngine } from '../test-engine.ts'
import { operationsOf } from '../wire/rest-requests.ts'
import { type Answer, everyStranger, isOutside, type Stranger } from './answers.ts'
import { type Knock, knockRest, knockSocket, knockStream } from './knock.ts'
import { type NamedRow, titleOf } from './row.ts'
import { restRows, socketCallRows, storeRows } from './rows.ts'
import { type Cast, enter, gatherCast, type Stage, setStage } from './world.ts'
import { presentPage, writtenPage } from './write-access.ts'

const settings = { RATE_LIMITS: 'off' }
const administratorEmail = 'root@example.com'

let server: TestServer
/** For what ends everybody's sessions. */
let spare: TestServer
let cast: Cast
beforeAll(async () => {
  ;[server, spare] = await Promise.all([startServer(settings), startServer(settings)])
  cast = await gatherCast(server, administratorEmail)
})
afterAll(() => Promise.all([server, spare].map((one) => one[Symbol.asyncDispose]())))

const howTo =
  'give it a row in packages/server/test/access/*-rows.ts, which say how, and then run write-access.ts'

describe('the table', () => {
  test('[ACCESS1] every operation that is served has a row, and no row is of another', async () => {
    const served = operationsOf(await readDocument(server)).map(({ method, path }) => `${method} ${path}`)
    const known = new Set(restRows.map(({ operation }) => operation))
    expect(served.filter((one) => !known.has(one)).map((one) => `${one}: ${howTo}`)).toEqual([])
    expect([...known].filter((one) => !served.includes(one))).toEqual([])
  })

  // The identity's routes are described by hand: what is open there is what its own table opens.
  test('[ACCESS1] and every route of the identity that is open is described, and none that is shut', async () => {
    const paths = Object.keys((await readDocument(server)).paths)
    const described = paths.filter((path) => path.startsWith('/api/auth/'))
    const open = openPatterns.map((path) => `/api/auth${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(described.toSorted()).toEqual(open.toSorted())
  })

  test('[ACCESS1] and so has every call of the socket', async () => {
    const { body } = await server.call(undefined, 'GET /asyncapi.json')
    const { components } = body as { components: { messages: object } }
    const names = Object.keys(components.messages).filter((name) => name.startsWith('call.'))
    const known = new Set(socketCallRows.map(({ operation }) => `call.${operation}`))
    expect(names.filter((one) => !known.has(one)).map((one) => `${one}: ${howTo}`)).toEqual([])
    expect([...known].filter((one) => !names.includes(one))).toEqual([])
  })

  test('[ACCESS5] docs/access.md shows it as it is', async () => {
    // Where this fails: bun packages/server/test/access/write-access.ts
    expect(await presentPage()).toBe(writtenPage())
  })
})

/** What each kind of stranger is answered, with everything of the stage as it was where they are refused. */
async function answersOf(row: NamedRow, knock: Knock): Promise<Record<string, string>> {
  await using held = new AsyncDisposableStack()
  const { server: on, cast: people } = await companyFor(row, held)
  const stage = await setStage(on, people, row.where ?? 'group')
  const before = await readLog(on, people.other, stage.id)

  const answers = await Promise.all(
    everyStranger.map(async (who) => {
      const own =
        row.answers[who] === 'yes' && changesIt(row)
          ? await setStage(on, people, row.where ?? 'group')
          : stage
      return [who, await answerTo(who, { row, knock, stage: own, held })] as const
    }),
  )
  // Whose account goes, leaves.
  if (row.spends !== 'accounts') expect(await readLog(on, people.other, stage.id)).toEqual(before)
  return Object.fromEntries(answers)
}

async function answerTo(
  who: Stranger,
  { row, knock, stage, held }: { row: NamedRow; knock: Knock; stage: Stage; held: AsyncDisposableStack },
): Promise<string> {
  const scene = enter(stage, who, held)
  const { answer, said } = await knock(row.operation, scene, (await row.ask?.(scene)) ?? {})
  const told = isOutside(who) && !(row.tells && answer === 'yes') && said.includes(stage.secret)
  return told ? `${answer}, and tells what is not for them` : answer
}

/** Rows that use people up have people of their own. */
async function companyFor({ spends }: NamedRow, held: AsyncDisposableStack) {
  if (spends === undefined) return { server, cast }
  const own = spends === 'sessions' ? spare : held.use(await startServer(settings))
  return { server: own, cast: await gatherCast(own, administratorEmail) }
}

/** Whoever may change the conversation gets one of their own. */
const changesIt = ({ operation }: NamedRow) =>
  /^(POST|PUT|PATCH|DELETE) .*(conversations\/\{id\}|\/invitations)|^(message\.|read$|delivered$)/.test(
    operation,
  )

const expected = ({ answers }: NamedRow) =>
  Object.fromEntries(Object.entries<Answer>(answers).map(([who, answer]) => [who, String(answer)]))

/** On PostgreSQL the others are answered by the same code once more, which takes half a minute. */
const asked = testEngine === 'postgres' ? storeRows : restRows

describe('who is answered what', () => {
  test.each(asked.map((row) => [titleOf(row), row] as const))(
    '[ACCESS2] [ACCESS4] over REST: %s',
    async (_title, row) => {
      expect(await answersOf(row, knockRest)).toEqual(expected(row))
    },
    // Who erases accounts starts a server for them, which on a busy machine takes its time.
    60_000,
  )

  test.each(socketCallRows.map((row) => [titleOf(row), row] as const))(
    '[ACCESS3] [ACCESS4] over a socket and a stream: %s',
    async (_title, row) => {
      const [socket, stream] = await Promise.all([answersOf(row, knockSocket), answersOf(row, knockStream)])
      expect({ socket, stream }).toEqual({ socket: expected(row), stream: expected(row) })
    },
  )
})
