import { expect, test } from 'bun:test'
import { processCount } from './process-count.ts'

const linux = { platform: 'linux', cores: 4, isShared: true } as const

test('[PROC2] auto is a process a core, or one where several can’t be, and says why', () => {
  expect(processCount('auto', linux)).toEqual({ count: 4 })
  expect(processCount('auto', { ...linux, isShared: false })).toEqual({
    count: 1,
    why: 'PROCESSES=auto is one process here: several need DATABASE_URL and REDIS_URL',
  })
  expect(processCount('auto', { ...linux, platform: 'darwin' })).toEqual({
    count: 1,
    why: 'PROCESSES=auto is one process here: several share a port on Linux alone',
  })
})

test('[PROC2] a number is taken as it is given, and refused where a port can’t be shared', () => {
  expect(processCount(3, linux)).toEqual({ count: 3 })
  expect(processCount(1, { ...linux, platform: 'darwin' })).toEqual({ count: 1 })
  expect(() => processCount(2, { ...linux, platform: 'darwin' })).toThrow(
    expect.objectContaining({ exitStatus: 78 }),
  )
})
