import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coreCount, machineCpuMs, pinSelf } from './measure/program.ts'
import { type Options, parseOptions, usage, WrongOptions } from './options.ts'
import { type Population, seedPopulation } from './population.ts'
import { record, saveReport, summarize } from './report.ts'
import type { Report, Round, RowReport } from './report-shape.ts'
import { allRows } from './rows/all-rows.ts'
import { bottleneckWords, isBottleneck, type Measured, type Row, type Run, systemsOf } from './rows/row.ts'
import { renewScalingPage } from './scaling.ts'
import { type SystemName, startSystem } from './systems.ts'
import { printRow } from './table.ts'

/**
 * `npm run bench`: each row is done by Confab and by plain Socket.IO in turn, five times over, the server
 * on one core and this driver on another. Linux alone tells what it asks for.
 */
const root = join(import.meta.dir, '../../..')
const serverCore = 0
const driverCore = 1
const serverEnv = { NODE_ENV: 'production', PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'warn' }
/** A void round is done again, so many times in all; the last stands, marked as void. */
const voidTriesMax = 2

async function bench(options: Options): Promise<void> {
  if (coreCount() < 2)
    throw new WrongOptions('the bench needs two cores: one for the server, one for the driver')
  pinSelf(driverCore)
  const scratch = mkdtempSync(join(tmpdir(), 'confab-bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  // Ended by a signal it goes through the same door.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
  const startedAt = new Date().toISOString()
  const rows: RowReport[] = []
  for (const row of allRows.filter(({ name }) => options.rows.includes(name))) {
    rows.push(await benchRow(row, options, scratch))
  }
  const report: Report = { startedAt, rounds: options.rounds, length: options.length, rows }
  console.log(`\nfigures: ${await saveReport(report, { root, path: options.json })}`)
  if (options.record) {
    await record(report, { root, order: allRows.map(({ name }) => name), commit: commitOf(root) })
    await renewScalingPage(root)
  }
}

function commitOf(cwd: string): string {
  const git = (...words: string[]) =>
    Bun.spawnSync(['git', ...words], { cwd })
      .stdout.toString()
      .trim()
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'packages', 'tools', 'scripts')
  return `${git('rev-parse', '--short=7', 'HEAD') || 'no commit'}${changed ? '+' : ''}`
}

async function benchRow(row: Row, options: Options, scratch: string): Promise<RowReport> {
  console.log(`\n${row.name}: ${row.work}`)
  const folder = mkdtempSync(join(scratch, `${row.name}-`))
  const population = await seedPopulation(row.population, { root, folder, serverEnv })
  const systems = systemsOf(row)
  const names: readonly SystemName[] = options.profile ? systems.slice(0, 1) : systems
  const rounds: RowReport['rounds'] = []
  const roundCount = Math.min(options.rounds, row.roundsMax ?? options.rounds)
  for (let round = 0; round < roundCount; round++) {
    const figures: RowReport['rounds'][number] = {}
    for (const name of names) {
      figures[name] = await tryRound(row, name, { options, scratch, population })
      process.stderr.write('.')
    }
    rounds.push(figures)
  }
  process.stderr.write('\n')
  rmSync(folder, { recursive: true })
  const summary = summarize(row, rounds)
  printRow(summary)
  return summary
}

interface Around {
  options: Options
  scratch: string
  population: Population
}

async function tryRound(row: Row, name: SystemName, around: Around): Promise<Round> {
  for (let tries = 1; ; tries++) {
    const round = await runOnce(row, name, around)
    if (round.void === undefined || tries === voidTriesMax) return round
    console.error(`${row.name}, ${name}: void, done again: ${round.void}`)
  }
}

async function runOnce(row: Row, name: SystemName, { options, scratch, population }: Around): Promise<Round> {
  const folder = mkdtempSync(join(scratch, 'run-'))
  const machineBefore = machineCpuMs()
  const ownBefore = process.cpuUsage()
  const startedAt = performance.now()
  try {
    await using system = await startSystem(name, {
      population,
      size: row.population,
      root,
      folder,
      core: serverCore,
      serverEnv: { ...serverEnv, ...row.settings },
      profileTo: options.profile ? join(root, '.cache/bench/profile') : undefined,
    })
    let driverBusy = 0
    let voidReason: string | undefined
    const callVoid = (reason: string) => {
      voidReason ??= reason
    }
    async function measured<Result>(work: () => Promise<Result>): Promise<Measured<Result>> {
      const cpuBefore = process.cpuUsage()
      const serverBefore = system.cpuMs()
      const enginesBefore = system.enginesCpuMs() ?? 0
      const from = performance.now()
      const result = await work()
      const wallMs = performance.now() - from
      const serverCpuMs = system.cpuMs() - serverBefore
      const engines = system.enginesCpuMs()
      const enginesCpuMs = engines === undefined ? undefined : engines - enginesBefore
      const { user, system: inKernel } = process.cpuUsage(cpuBefore)
      const driverBusy = (user + inKernel) / 1_000 / wallMs
      return { result, wallMs, serverCpuMs, enginesCpuMs, driverBusy, serverBusy: serverCpuMs / wallMs }
    }
    const run: Run = {
      system,
      population: system.population,
      callVoid,
      lasting: (ms) => ms * options.length,
      measured,
      async watched(work) {
        const measure = await measured(work)
        driverBusy = Math.max(driverBusy, measure.driverBusy)
        if (isBottleneck(measure)) callVoid(bottleneckWords(measure))
        return measure
      },
    }
    const figures = await Promise.race([row.run(run), system.trouble])
    const own = process.cpuUsage(ownBefore)
    const wallMs = performance.now() - startedAt
    const others = machineCpuMs() - machineBefore - (own.user + own.system) / 1_000 - system.cpuMs()
    return { figures, void: voidReason, driverBusy, othersBusy: Math.max(0, others / wallMs) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

try {
  const words = process.argv.slice(2)
  if (words.includes('--help')) console.log(usage)
  else await bench(parseOptions(words))
} catch (cause) {
  if (!(cause instanceof WrongOptions)) throw cause
  console.error(`${cause.message}\n\n${usage}`)
  process.exitCode = 64
}
