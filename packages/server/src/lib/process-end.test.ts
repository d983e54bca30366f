import { expect, test } from 'bun:test'
import { join } from 'node:path'

const program = join(import.meta.dir, 'test-signal-program.ts')

/** Asked to end, and taking its time. */
async function startEnding() {
  const child = Bun.spawn([process.execPath, '--no-orphans', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader()
  let said = ''
  const says = async (line: string) => {
    while (!said.endsWith(`${line}\n`)) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`it said ${said}, and not ${line}`)
      said += value
    }
  }
  await says('up')
  child.kill('SIGTERM')
  await says('SIGTERM')
  const pass = async (ms: number, elapsed: number) => {
    child.stdin.write(`${ms}\n`)
    await says(`${elapsed}`)
  }
  return { child, pass }
}

test('[RUN34] told the same again within a second, by whoever tells all processes, it ends in order', async () => {
  const { child, pass } = await startEnding()
  child.kill('SIGTERM')
  await pass(999, 999)
  child.kill('SIGINT')
  await pass(0, 999)
  child.stdin.end()
  expect(await child.exited).toBe(0)
})

test('[RUN34] told again later it ends at once', async () => {
  const { child, pass } = await startEnding()
  await pass(1_000, 1_000)
  child.kill('SIGTERM')
  expect(await child.exited).toBe(1)
})
