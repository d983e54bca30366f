import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterFaults } from './cluster/cluster-faults.ts'
import { Recorder } from './crew/recorder.ts'
import { parseOptions, usage, WrongOptions } from './options.ts'
import { soloFaults } from './solo/fault.ts'

const program = join(import.meta.dir, 'chaos.ts')

test('[CHAOS7] what is asked for is taken, and the rest has its default', () => {
  const defaults = {
    cluster: false,
    seed: 1,
    rounds: 3,
    users: 20,
    sends: 40,
    faults: soloFaults,
    out: undefined,
    check: undefined,
    record: false,
  }
  expect(parseOptions([])).toEqual(defaults)
  const words = ['--seed', '9', '--rounds', '1', '--fault', 'kill', '--fault', 'pause', '--out', 'there']
  const wanted = { seed: 9, rounds: 1, faults: ['kill', 'pause'], out: 'there' }
  expect(parseOptions(words)).toMatchObject(wanted)
  expect(parseOptions(['--cluster'])).toMatchObject({ cluster: true, users: 250, faults: clusterFaults })
})

test.each([
  ['--seed', 'x'],
  ['--rounds', '0'],
  ['--users', '5'],
  ['--sends', '0'],
  ['--fault', 'flood'],
  ['--fault', 'redis-kill'],
  ['--what', ''],
])('[CHAOS7] %s %s is no way to run it', (name, value) => {
  expect(() => parseOptions([name, value])).toThrow(WrongOptions)
})

test('[CHAOS7] wrong words end with the usage and status 64', () => {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, program, '--fault', 'flood'])
  expect({ exitCode, said: stderr.toString().trim() }).toEqual({
    exitCode: 64,
    said: `there is no fault flood\n\n${usage}`,
  })
})

test('[CHAOS8] the histories of an earlier run are checked anew, from their files alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-chaos-'))
  const recorder = new Recorder({ client: 'user-1', user: 'u', file: join(folder, 'user-1.jsonl') })
  const at = { t: 1, conversation: 'c' }
  recorder.note({ kind: 'final', ...at, asked: 0, head: 0 })
  const check = () => {
    recorder.flush()
    const { exitCode, stdout } = Bun.spawnSync([process.execPath, program, '--check', folder])
    return { exitCode, said: stdout.toString() }
  }
  expect(check()).toEqual({ exitCode: 0, said: '0 findings in 1 histories\n' })
  recorder.note({ kind: 'sent', ...at, asked: 0, clientId: 'user-1-1', seq: 1, content: 'x' })
  const { exitCode, said } = check()
  rmSync(folder, { recursive: true })
  expect(exitCode).toBe(1)
  expect(said).toContain('"kind":"lost"')
})
