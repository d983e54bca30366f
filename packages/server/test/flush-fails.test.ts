import { expect, test } from 'bun:test'
import { openDataFolder } from './data-folder.ts'
import { readLog, signInPeople, startGroup } from './people.ts'
import { startServer } from './start-server.ts'

const strace = Bun.which('strace')
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
if (!strace && !isCi) console.log('skipped: no strace here to let a flush fail with (install strace)')

/** Each thread's flushes from the tenth on: enough to sign in and begin a group before. */
const failing = 'inject=fdatasync:error=EIO:when=10+'

test.skipIf(!strace && !isCi)(
  '[SQLITE17] a flush that fails ends the server; what it acknowledged before is there at the next start',
  async () => {
    await using folder = await openDataFolder()
    const settings = { RATE_LIMITS: 'off' }
    const under = [strace ?? 'strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', failing]
    await using server = await startServer(settings, { ...folder, under })
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id } = await startGroup(server, ann, [bob])
    const path = `/api/v1/conversations/${id}/messages`
    const acknowledged: string[] = []
    const sendUntilRefused = async () => {
      for (let number = 1; ; number++) {
        const clientId = `${number}`
        const answer = await server
          .call(ann, `POST ${path}`, { clientId, text: clientId })
          .catch(() => undefined)
        if (answer?.status !== 201) return answer
        acknowledged.push(clientId)
      }
    }
    expect(await sendUntilRefused()).toBeUndefined()
    expect(await server.exited).toBe(1)
    expect(server.log()).toContain('the log of writes could not be flushed to the disk')

    await using next = await startServer(settings, folder)
    const stored = (await readLog(next, bob, id)).flatMap(({ data }) => data.message?.clientId ?? [])
    expect(acknowledged.length).toBeGreaterThan(5)
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged)
  },
)
