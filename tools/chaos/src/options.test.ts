import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { faultKinds } from './faults/fault.ts'
import { parseOptions, usage, WrongOptions } from './options.ts'

test('[CHAOS7] what is asked for is taken, and the rest has its default', () => {
  const defaults = { seed: 1, rounds: 3, users: 20, faults: [...faultKinds], out: undefined, record: false }
  expect(parseOptions([])).toEqual(defaults)
  const words = ['--seed', '9', '--rounds', '1', '--fault', 'kill', '--fault', 'pause', '--out', 'there']
  const wanted = { seed: 9, rounds: 1, faults: ['kill', 'pause'], out: 'there' }
  expect(parseOptions(words)).toMatchObject(wanted)
})

test.each([
  ['--seed', 'x'],
  ['--rounds', '0'],
  ['--users', '5'],
  ['--fault', 'flood'],
  ['--what', ''],
])('[CHAOS7] %s %s is no way to run it', (name, value) => {
  expect(() => parseOptions([name, value])).toThrow(WrongOptions)
})

test('[CHAOS7] wrong words end with the usage and status 64', () => {
  const { exitCode, stderr } = Bun.spawnSync([
    process.execPath,
    join(import.meta.dir, 'chaos.ts'),
    '--fault',
    'flood',
  ])
  expect({ exitCode, said: stderr.toString().trim() }).toEqual({
    exitCode: 64,
    said: `there is no fault flood\n\n${usage}`,
  })
})
