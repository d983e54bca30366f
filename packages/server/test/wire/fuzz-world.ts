import { conversationId } from '@confab/protocol/ids'
import fc from 'fast-check'
import { doCall, readLog, signInPeople, startChannel, startDirect, startGroup } from '../people.ts'
import type { TestServer } from '../start-server.ts'
import type { Known } from './arbitrary-of.ts'

/** Enough for each kind of frame at each method; `FUZZ_RUNS` asks for more. */
export function fuzzRuns(usual: number): number {
  const runs = Number(process.env.FUZZ_RUNS ?? usual)
  if (!(runs > 0)) throw new Error('FUZZ_RUNS must be a number above 0')
  return runs
}

/** A failure tells its seed; `FUZZ_SEED` runs it again. With more runs than usual it begins anywhere. */
export function fuzzSeed(): number {
  const usual = process.env.FUZZ_RUNS ? undefined : fc.readConfigureGlobal()?.seed
  const seed = Number(process.env.FUZZ_SEED ?? usual ?? crypto.getRandomValues(new Int32Array(1))[0])
  console.log(`FUZZ_SEED=${seed}`)
  return seed
}

/** Eve and Bob, who attack; a group and a pair of theirs; and what is others', which holds the secret. */
export async function startFuzzWorld(server: TestServer) {
  const secret = `secret ${crypto.randomUUID()}`
  // The first is the administrator, who could shut every door: nobody whom the fuzzer plays.
  await signInPeople(server, 'root')
  const [eve, bob, ann, cid] = await signInPeople(server, 'eve', 'bob', 'ann', 'cid')
  const group = await startGroup(server, eve, [bob])
  const pair = await startDirect(server, bob, eve)
  const channel = await startChannel(server, ann)
  const hidden = await startGroup(server, ann, [cid], secret)
  for (const { id, by } of [
    { id: hidden.id, by: ann },
    { id: group.id, by: bob },
    { id: group.id, by: eve },
  ]) {
    const text = id === hidden.id ? secret : 'Hello'
    for (const clientId of ['a', 'b', 'c']) {
      await doCall(server, by, `POST /api/v1/conversations/${id}/messages`, { clientId, text })
    }
  }
  const before = await readLog(server, ann, hidden.id)

  const missing = conversationId.parse(Bun.randomUUIDv7())
  const conversation = fc.constantFrom(group.id, group.id, group.id, pair.id, channel.id, hidden.id, missing)
  const user = fc.constantFrom(eve.id, bob.id, ann.id, missing)
  const known: Known = {
    conversationId: conversation,
    ids: conversation,
    userIds: user,
    memberIds: user,
    userId: user,
    emoji: fc.constantFrom('\u{1f600}', '👍', '❤️', '👩‍👩‍👧', 'x', ''),
    // Some are sent again.
    clientId: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'x'.repeat(64)), fc.uuid()),
    token: fc.constantFrom(eve.token, 'x'),
    email: fc.constantFrom(eve.email, 'nobody@example.com', 'no address'),
    otp: fc.constantFrom('000000', '1', ''),
    limit: fc.integer({ min: 1, max: 200 }),
    attachmentIds: fc.constant(missing),
  }

  return {
    eve,
    bob,
    group,
    hidden,
    known,
    /** What the server says to them must not hold this. */
    secret,
    /** What is others' is as it was, the server serves, and nothing has failed inside. */
    async look() {
      const ready = await server.call(undefined, 'GET /readyz')
      return {
        ready: ready.status,
        untouched: Bun.deepEquals(await readLog(server, ann, hidden.id), before),
        failures: server
          .log()
          .split('\n')
          .filter((line) => /"level":[456]0/.test(line)),
      }
    },
  }
}
