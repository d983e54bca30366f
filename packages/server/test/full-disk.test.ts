import { expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { oneTo, openSynced, readLog, signInPeople, startGroup } from './people.ts'
import { CallRefused } from './raw-socket.ts'
import { startServer } from './start-server.ts'

/**
 * A full disk is played by a limit to the size of files, which ends a program unless it ignores the signal.
 */
const ignoringXfsz = ['sh', '-c', 'trap "" XFSZ; "$0" "$@"']
const enoughBytes = 8 * 1024 * 1024
const atOnce = 10

test('[RUN20] on a full disk sends are refused and reads answered; with room again the same sends are taken', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' }, { under: ignoringXfsz })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob])
  await using socket = await openSynced(server, bob)
  const path = `/api/v1/conversations/${id}/messages`
  const send = (number: number) =>
    server.call(ann, `POST ${path}`, { clientId: `${number}`, text: `${number} ${'long '.repeat(900)}` })
  const file = join(server.dataDir, 'confab.db')

  let stored = 0
  const sendSome = async () => {
    const answers = await Promise.all(oneTo(atOnce).map((number) => send(stored + number)))
    return answers.find(({ status }) => status !== 201)
  }
  for (; statSync(file).size < enoughBytes; stored += atOnce) expect(await sendSome()).toBeUndefined()

  // The log of writes may still grow for a while, the database no more: copying back is what fails first.
  limitFiles(server.pid, statSync(file).size)
  let refused = await sendSome()
  for (; refused === undefined; refused = await sendSome()) stored += atOnce
  expect({ ...refused, headers: refused.headers.get('retry-after') }).toMatchObject({
    status: 503,
    headers: '2',
    body: { code: 'overloaded' },
  })
  expect((await server.call(bob, `GET ${path}`)).status).toBe(200)
  // For a while there may be room yet for what is smaller.
  let shortOnes = 0
  const sendShort = () =>
    socket
      .call('message.send', { conversationId: id, clientId: `short ${shortOnes + 1}`, text: 'x' })
      .catch((cause: unknown) => {
        if (cause instanceof CallRefused) return cause
        throw cause
      })
  let answer = await sendShort()
  for (; !(answer instanceof CallRefused); answer = await sendShort()) shortOnes++
  expect(answer.error).toMatchObject({ data: { code: 'overloaded', retryAfterMs: 2_000 } })

  limitFiles(server.pid, 'unlimited')
  const again = await Promise.all(oneTo(stored + atOnce).map(send))
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200, 201]))
  const clientIds = (await readLog(server, bob, id)).flatMap(({ data }) => data.message?.clientId ?? [])
  const all = [...oneTo(stored + atOnce).map(String), ...oneTo(shortOnes).map((number) => `short ${number}`)]
  expect(clientIds.toSorted()).toEqual(all.toSorted())
})

function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`prlimit: ${stderr}`)
}
