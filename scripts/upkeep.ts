import { join } from 'node:path'
import { heldBack, latePackages } from './late-packages.ts'

/** As docs/upkeep.md promises. */
const daysMax = 90
const root = join(import.meta.dir, '..')

/**
 * npm's answer as JSON; it ends with 1 where something is outdated.
 * Undefined where the registry answers nothing.
 */
function ask(...words: string[]): unknown {
  const { stdout } = Bun.spawnSync(['npm', ...words, '--json'], { cwd: root, stderr: 'ignore' })
  try {
    return JSON.parse(stdout.toString())
  } catch {
    return undefined
  }
}

const held = heldBack(await Bun.file(join(root, 'docs/upkeep.md')).text())
const outdated = (ask('outdated') ?? {}) as Parameters<typeof latePackages>[0]['outdated']
const released: Record<string, Record<string, string>> = {}
for (const name of Object.keys(outdated))
  released[name] = (ask('view', name, 'time') ?? {}) as Record<string, string>

const late = latePackages({ outdated, released, now: Date.now(), daysMax })
for (const { name, current, latest, days } of late)
  process.stdout.write(
    `${name} ${current}: ${latest} is there, newer ones for ${days} days${held.has(name) ? ` (held back: ${held.get(name)})` : ''}\n`,
  )

const audit = ask('audit', '--omit', 'dev') as
  | { metadata?: { vulnerabilities?: { total?: number } } }
  | undefined
const known = audit?.metadata?.vulnerabilities?.total
process.stdout.write(
  known === undefined
    ? 'This registry tells of no vulnerabilities: look at https://github.com/advisories\n'
    : `${known} known vulnerabilities in what is served (npm audit)\n`,
)
process.exit(known !== 0 || late.some(({ name }) => !held.has(name)) ? 1 : 0)
