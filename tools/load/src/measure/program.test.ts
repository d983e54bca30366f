import { expect, test } from 'bun:test'
import { cpuMsOf, rssBytesOf } from './program.ts'

test('[LOAD5] CPU time is user and system time, even where the name of the program looks like fields', () => {
  const stat = '4242 (a ) R 1 b) S 1 4242 4242 0 -1 4194560 1000 0 0 0 250 50 7 9 20 0 7 0 1000 2000 300'
  expect(cpuMsOf(stat)).toBe(3_000)
})

test('[LOAD5] RSS is told in bytes', () => {
  expect(rssBytesOf('Name:\tbun\nVmHWM:\t  999 kB\nVmRSS:\t    120 kB\nRssAnon:\t 80 kB\n')).toBe(122_880)
  expect(() => rssBytesOf('Name:\tbun\n')).toThrow('no VmRSS')
})
