import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { manualClock } from './manual-clock.ts'
import { openProcessGroup } from './process-group.ts'

const program = join(import.meta.dir, 'test-group-program.ts')

async function openGroup({ count = 2, env = {} }: { count?: number; env?: Record<string, string> } = {}) {
  const clock = manualClock()
  const reports: string[] = []
  const waiting = new Set<() => void>()
  const group = openProcessGroup({
    count,
    command: [process.execPath, program],
    env: { PATH: process.env.PATH, ...env },
    metrics: async () => '# HELP up Of the group.\n# TYPE up gauge\nup 1\n',
    onUp: () => {
      for (const look of waiting) look()
    },
    clock,
    random: () => 1,
    report: (context) => reports.push(context),
  })
  return {
    ...{ group, clock, reports },
    /** Once so many are up: their pids. */
    async pidsOf(up: number) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => group.up === up && resolve()
      waiting.add(look)
      look()
      await promise
      waiting.delete(look)
      const text = await group.measure()
      return [...text.matchAll(/^pid\{process="\d"\} (\d+)$/gm)].map(([, pid]) => Number(pid))
    },
    [Symbol.asyncDispose]: async () => void (await group.stop()),
  }
}

test('[PROC3] the first starts alone, then the others; what all measure is told as one', async () => {
  await using opened = await openGroup({ env: { GROUP_SAYS: 'at your service' } })
  expect(await opened.group.ready).toBe('at your service')
  const [first = 0, second = 0] = await opened.pidsOf(2)
  expect([first > 0, second > 0, first === second]).toEqual([true, true, false])
  expect(await opened.group.measure()).toBe(
    `# HELP up Of the group.\n# TYPE up gauge\nup{process="0"} 1
# HELP pid Of a process.\n# TYPE pid gauge\npid{process="1"} ${first}\npid{process="2"} ${second}\n`,
  )
})

test('[PROC4] what ends the first before it can serve ends the group with its status', async () => {
  const { group } = await openGroup({ env: { GROUP_STATUS: '78' } })
  expect(await group.ended).toBe(78)
  expect(await group.stop()).toBe(0)
})

test('[PROC5] one that ends is started again after a pause, and the other goes on', async () => {
  await using opened = await openGroup()
  const { group, clock, reports } = opened
  const [first = 0, second = 0] = await opened.pidsOf(2)
  process.kill(first, 'SIGKILL')
  expect(await opened.pidsOf(1)).toEqual([second])
  clock.advance(199)
  expect([group.restarts, reports]).toEqual([0, ['process 1 ended and is started again']])
  clock.advance(1)
  const [again = 0, still = 0] = await opened.pidsOf(2)
  expect([again === first, still, group.restarts]).toEqual([false, second, 1])
})

test('[PROC5] one that says nothing twice in a row is killed', async () => {
  await using opened = await openGroup({ count: 1 })
  const { clock, reports } = opened
  const [pid = 0] = await opened.pidsOf(1)
  process.kill(pid, 'SIGSTOP')
  clock.advance(5_000)
  for (let ask = 1; ask <= 3; ask++) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(15_000)
  }
  await opened.pidsOf(0)
  expect(reports).toEqual(['process 1 says nothing and is killed', 'process 1 ended and is started again'])
})

test('[PROC7] told to end, all end; the status is the first that isn’t 0', async () => {
  const { group, pidsOf } = await openGroup()
  const pids = await pidsOf(2)
  expect(await group.stop()).toBe(0)
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow()
  const failing = await openGroup({ env: { GROUP_SAYS: 'fails' } })
  await failing.pidsOf(2)
  expect(await failing.group.stop()).toBe(3)
})

test('[PROC7] one that ended while it was asked isn’t started any more', async () => {
  const { group, clock, pidsOf } = await openGroup({ count: 1 })
  const [pid = 0] = await pidsOf(1)
  process.kill(pid, 'SIGSTOP')
  clock.advance(5_000)
  await new Promise((resolve) => setImmediate(resolve))
  process.kill(pid, 'SIGKILL')
  await pidsOf(0)
  const stopped = group.stop()
  clock.advance(300)
  expect([await stopped, group.restarts]).toEqual([0, 0])
})
