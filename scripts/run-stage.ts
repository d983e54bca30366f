import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface TestStage {
  name: string
  files: string[]
  timeoutMs: number
  /** Tell of failures only. */
  isQuiet: boolean
  env?: Record<string, string>
}

const children = new Set<Bun.Subprocess>()
/** By its own path: the tests may be of another tree. */
const everydaySeed = join(import.meta.dir, 'everyday-seed.ts')

/** A check is one test: it passed if its program ended with 0. */
export async function runCheck(name: string, command: string[]): Promise<Counts> {
  const status = await runProgram(name, command)
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

/**
 * Runs `bun test` over these files and counts from its report. No file at all is a failure, and so are a
 * file that the report doesn't name (it did not load, holds no test, or ended the process) and a run that
 * wrote no report.
 */
export async function runTests({ name, files, timeoutMs, isQuiet, env }: TestStage): Promise<Counts> {
  if (files.length === 0) {
    console.error(`${name}: no test found`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const folder = await mkdtemp(join(tmpdir(), 'confab-test-'))
  try {
    const report = join(folder, 'report.xml')
    const options = [`--timeout=${timeoutMs}`, '--preload', everydaySeed]
    options.push('--reporter=junit', `--reporter-outfile=${report}`)
    if (isQuiet) options.push('--only-failures')
    const paths = files.map((path) => `./${path}`)
    const status = await runProgram(name, [process.execPath, 'test', ...options, ...paths], env)
    const text = await readFile(report, 'utf8').catch(() => '')
    return countReport({ name, text, files, status })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** For a run that is being ended: nothing that it started outlives it. */
export function endChildren(): void {
  for (const child of children) child.kill('SIGTERM')
}

function countReport(run: { name: string; text: string; files: string[]; status: number }): Counts {
  const { name, text, files, status } = run
  const head = /<testsuites [^>]*>/.exec(text)?.[0]
  if (head === undefined) {
    console.error(`${name}: bun test ended with status ${status} and wrote no report`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const attribute = (key: string) => Number(new RegExp(` ${key}="(\\d+)"`).exec(head)?.[1] ?? 0)
  const skipped = attribute('skipped')
  let failed = attribute('failures')
  const passed = attribute('tests') - failed - skipped

  const absent = files.filter((path) => !text.includes(` file="${path}"`))
  for (const path of absent) console.error(`${path}: ran no test`)
  failed += absent.length
  if (status !== 0 && failed === 0) {
    console.error(`${name}: bun test ended with status ${status}`)
    failed = 1
  }
  return { passed, failed, skipped }
}

async function runProgram(name: string, command: string[], env?: Record<string, string>): Promise<number> {
  try {
    const child = Bun.spawn(command, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    children.add(child)
    const status = await child.exited
    children.delete(child)
    return status
  } catch (cause) {
    console.error(
      `${name}: ${command[0]} can't be started (${cause instanceof Error ? cause.message : cause})`,
    )
    return 1
  }
}
