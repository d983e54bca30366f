import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from './data-folder.ts'
import { oneTo, openSynced, signInPeople, startDirect } from './people.ts'
import { startServer } from './start-server.ts'

const strace = Bun.which('strace')
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
if (!strace && !isCi) console.log('skipped: no strace here to see the flush with (install strace)')

/** One system call of the server, in the order in which it was done. */
type SystemCall =
  /** Bytes went into the write-ahead log, which only the operating system holds as yet. */
  | { done: 'write' }
  /** They are on the disk. */
  | { done: 'flush' }
  /** A frame that holds one of the texts goes out to a socket. */
  | { done: 'frame'; text: string }

/**
 * What strace wrote. A call that another thread interrupted is begun on one line and ended on a later one.
 */
function parseTrace(trace: string, textPattern: RegExp): SystemCall[] {
  const calls: SystemCall[] = []
  const flushing = new Set<string>()
  for (const line of trace.split('\n')) {
    const [, thread = '', call = '', rest = ''] = /^(\d+) +(?:<\.\.\. )?(\w+)(.*)$/.exec(line) ?? []
    switch (call) {
      case 'fsync':
      case 'fdatasync':
        if (rest.includes('unfinished')) {
          if (rest.includes('-wal>')) flushing.add(thread)
        } else if (/\) += 0$/.test(rest) && (rest.includes('-wal>') || flushing.delete(thread))) {
          calls.push({ done: 'flush' })
        }
        break
      case 'pwrite64':
        if (rest.includes('-wal>')) calls.push({ done: 'write' })
        break
      default:
        // Counted from where it begins: nothing may have left before the flush has ended.
        for (const [text] of rest.matchAll(textPattern)) calls.push({ done: 'frame', text })
    }
  }
  return calls
}

test.skipIf(!strace && !isCi)(
  '[GW46] a lone send is flushed to the disk before its acknowledgement, or its event, leaves',
  async () => {
    await using folder = await openDataFolder()
    const file = join(folder.dataDir, 'trace')
    const syscalls = 'fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg'
    // 8 kB of each call's bytes: more than a frame, so that a text is seen wherever it stands.
    const under = [strace ?? 'strace', '-f', '-y', '-s', '8192', '-o', file, '-e', `trace=${syscalls}`]
    const server = await startServer({ RATE_LIMITS: 'off', LOG_LEVEL: 'silent' }, { ...folder, under })
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using anns = await openSynced(server, ann)
    await using bobs = await openSynced(server, bob)
    const texts = oneTo(10).map((number) => `TEXT-${number}.`)
    for (const [index, text] of texts.entries()) {
      await anns.call('message.send', { conversationId: id, clientId: text, text })
      await bobs.next('event', ({ seq }) => seq === head + index + 1)
    }
    expect(await server.stop()).toBe(0)

    // From the first frame with a text, back to what came before it and after the text before.
    let before: SystemCall[] = []
    const seen = new Set<string>()
    for (const call of parseTrace(await readFile(file, 'utf8'), /TEXT-\d+\./g)) {
      if (call.done === 'frame' && !seen.has(call.text)) {
        seen.add(call.text)
        const steps = before.map(({ done }) => done)
        // Written, and whatever was written last is flushed.
        expect([call.text, steps.includes('write'), steps.at(-1)]).toEqual([call.text, true, 'flush'])
        before = []
      } else if (call.done !== 'frame') {
        before.push(call)
      }
    }
    expect([...seen]).toEqual(texts)
  },
)
