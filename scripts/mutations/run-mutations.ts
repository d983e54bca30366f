import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyTree } from './copy-tree.ts'
import { type Mutation, mutations } from './mutations.ts'

/**
 * Shows that the simulation bites: makes one small mistake at a time in a temporary copy of the tree, and
 * runs the simulation there until it finds it. Ends with status 1 if one of them survives, if a mistake's
 * text is in its file no longer exactly once, or if the simulation fails without any mistake.
 *
 * Words given to it are parts of what a mutation breaks or of its file, and then only those are tried.
 */
const root = join(import.meta.dir, '../..')
/** Most are found within the first twenty, a rare race within the first hundred. */
const runs = Number(process.env.SIMULATION_RUNS ?? 300)
if (!(runs > 0)) throw new Error('SIMULATION_RUNS must be a number above 0')
const seed = process.env.SIMULATION_SEED ?? '4'
const words = process.argv.slice(2)
const tried = mutations.filter(
  ({ breaks, file }) => words.length === 0 || words.some((word) => `${breaks} ${file}`.includes(word)),
)

type Verdict =
  | { verdict: 'caught'; where: string; by: string }
  | { verdict: 'survived' | 'broken'; why: string }

const copy = await mkdtemp(join(tmpdir(), 'confab-mutations-'))
try {
  process.exitCode = (await tryAll()) ? 0 : 1
} finally {
  await rm(copy, { recursive: true })
}

async function tryAll(): Promise<boolean> {
  await copyTree(root, copy)
  const misplaced = (await Promise.all(tried.map(placesOf))).filter((problem) => problem !== undefined)
  for (const problem of misplaced) console.error(problem)
  if (misplaced.length > 0 || tried.length === 0) return false
  const unharmed = await simulate()
  if (unharmed.verdict !== 'survived') {
    console.error(`without any mutation: ${JSON.stringify(unharmed)}`)
    return false
  }
  const rows: string[] = []
  let survivors = 0
  for (const mutation of tried) {
    const verdict = await judge(mutation)
    if (verdict.verdict !== 'caught') survivors++
    const row = `| ${mutation.breaks} | ${mutation.file} | ${told(verdict)} |`
    console.log(row)
    rows.push(row)
  }
  console.log(['', '| breaks | in | the simulation |', '|---|---|---|', ...rows, ''].join('\n'))
  console.log(`${tried.length - survivors} of ${tried.length} mutations caught`)
  return survivors === 0
}

async function placesOf({ file, find }: Mutation): Promise<string | undefined> {
  const places = (await Bun.file(join(copy, file)).text()).split(find).length - 1
  return places === 1 ? undefined : `${file}: ${places} places, not one, for a mutation: ${find}`
}

async function judge({ file, find, replace, test }: Mutation): Promise<Verdict> {
  const path = join(copy, file)
  const sound = await Bun.file(path).text()
  await Bun.write(
    path,
    sound.replace(find, () => replace),
  )
  try {
    const verdict = await simulate()
    return verdict.verdict === 'survived' && test !== undefined ? await runTest(test) : verdict
  } finally {
    await Bun.write(path, sound)
  }
}

/** Caught is what the property found: a mutation that doesn't even load proves nothing. */
async function simulate(): Promise<Verdict> {
  const { status, output } = await runTests('packages/server/test/simulation', '--bail')
  if (status === 0) return { verdict: 'survived', why: `${runs} runs found nothing` }
  const found = /Property failed after (\d+) tests/.exec(output)
  const kept = /\(fail\) (\[SIM\d+\] .*) \[/.exec(output)?.[1]
  // A kept run alone, of a rare one: the others show that the mutation loads.
  if (!found && kept && output.includes('(pass)'))
    return { verdict: 'caught', where: 'by a kept run', by: kept }
  if (!found) return { verdict: 'broken', why: output.slice(-2_000) }
  const by = /^error: (?!Property failed)(.*)$/m.exec(output)?.[1] ?? ''
  return { verdict: 'caught', where: `in run ${found[1]}`, by: by.slice(0, 100) }
}

/** Without `--bail`: the first of its tests may be the one that fails, and a later one shows that it loads. */
async function runTest(path: string): Promise<Verdict> {
  const { status, output } = await runTests(path)
  if (status === 0) return { verdict: 'survived', why: `${runs} runs and ${path} found nothing` }
  const by = /\(fail\) (.*) \[/.exec(output)?.[1]
  // One that doesn't even load fails nothing by name.
  if (by === undefined || !output.includes('(pass)')) return { verdict: 'broken', why: output.slice(-2_000) }
  return { verdict: 'caught', where: 'by its test', by }
}

async function runTests(path: string, ...options: string[]): Promise<{ status: number; output: string }> {
  const child = Bun.spawn([process.execPath, 'test', ...options, `./${path}`], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SIMULATION_RUNS: String(runs),
      SIMULATION_SEED: seed,
      SIMULATION_SHRINK: 'off',
    },
  })
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text())
  return { status: await child.exited, output }
}

function told(verdict: Verdict): string {
  return verdict.verdict === 'caught'
    ? `caught ${verdict.where}: ${verdict.by}`
    : `**${verdict.verdict}**: ${verdict.why}`
}
