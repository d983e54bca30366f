import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from './check/check.ts'
import { openCluster, whyNoCluster } from './cluster/open-cluster.ts'
import { type Options, parseOptions, usage, WrongOptions } from './options.ts'
import { readHistories } from './read-histories.ts'
import { exitStatusOf, reportJson, reportMarkdown } from './report.ts'
import { runChaos } from './run-chaos.ts'
import { fullClusterRun, fullRun } from './sizes.ts'
import { openSolo } from './solo/open-solo.ts'

const root = process.cwd()

/** `npm run chaos`: a full run, its report, and status 1 if anything was found. */
async function chaos({ cluster, seed, rounds, users, sends, faults, out, record }: Options): Promise<void> {
  const why = cluster ? whyNoCluster() : undefined
  if (why !== undefined) throw new WrongOptions(why)
  const target = out ?? join('.cache', 'chaos')
  const folder = mkdtempSync(join(tmpdir(), 'confab-chaos-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      // After the small disk in it, which is unmounted on exit too.
      process.once('exit', remove)
      process.exit(1)
    })
  }
  try {
    const { calmMs, size } = cluster ? fullClusterRun(sends) : fullRun
    const open = cluster
      ? () => openCluster({ root, folder, lengths: fullClusterRun(sends).lengths, withKafka: true })
      : () => openSolo({ root, folder, lengths: fullRun.lengths })
    const options = { seed, folder, rounds, faults, calmMs, open, size: { ...size, users } }
    const result = await runChaos({ ...options, tell: console.log })
    const markdown = reportMarkdown(result)
    const name = cluster ? 'chaos-cluster' : 'chaos'
    const folders = record ? [target, join('docs', 'proof')] : [target]
    for (const place of folders) {
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, `${name}.md`), markdown)
      writeFileSync(join(place, `${name}.json`), reportJson(result))
    }
    console.log(`\n${markdown}`)
    console.log(`${result.findings.length} findings; the report and the histories are in ${target}`)
    process.exitCode = exitStatusOf(result)
  } finally {
    keepHistories(folder, target)
    remove()
  }
}

function checkAgain(folder: string): void {
  if (!existsSync(folder)) throw new WrongOptions(`there is no folder ${folder}`)
  const histories = readHistories(folder)
  const findings = check(histories)
  for (const finding of findings) console.log(JSON.stringify(finding))
  console.log(`${findings.length} findings in ${histories.length} histories`)
  process.exitCode = exitStatusOf({ findings })
}

/** Also of a run that failed: they are what there is to look at. */
function keepHistories(folder: string, target: string): void {
  mkdirSync(target, { recursive: true })
  rmSync(join(target, 'histories'), { recursive: true, force: true })
  if (!existsSync(join(folder, 'histories'))) return
  cpSync(join(folder, 'histories'), join(target, 'histories'), { recursive: true })
}

try {
  const words = process.argv.slice(2)
  if (words.includes('--help')) console.log(usage)
  else {
    const options = parseOptions(words)
    if (options.check === undefined) await chaos(options)
    else checkAgain(options.check)
  }
} catch (cause) {
  if (!(cause instanceof WrongOptions)) throw cause
  console.error(`${cause.message}\n\n${usage}`)
  process.exitCode = 64
}
