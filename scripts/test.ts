import { findBrowser } from './find-browser.ts'
import { type Counts, endChildren, runCheck, runTests } from './run-stage.ts'

/**
 * All that `npm test` does, stage by stage; a stage that fails stops no later one. Words given to it are
 * parts of paths, and then only the tests whose file holds one of them run. Closes with the line
 * `N passed, N failed, N skipped`, each check counting as one, and status 1 if anything failed; under `CI`
 * also if anything was skipped.
 *
 * A test's stage is told by its name: `*.browser.test.ts` drives a browser, what lies in packages/server/test
 * and tools/chaos/test starts a whole server, all the rest is unit and contract.
 */
const bun = process.execPath
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
const words = process.argv.slice(2)
const checksOnly = words.includes('--checks-only')
const filters = words.filter((word) => !word.startsWith('--'))
const hasFilter = filters.length > 0

const files = [...new Bun.Glob('{packages,tools,scripts}/**/*.test.{ts,tsx}').scanSync('.')]
  .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
  .filter((path) => !hasFilter || filters.some((filter) => path.includes(filter)))
  .sort()
const isBrowser = (path: string) => /\.browser\.test\.tsx?$/.test(path)
const isWhole = (path: string) =>
  (path.startsWith('packages/server/test/') || path.startsWith('tools/chaos/test/')) && !isBrowser(path)
/** What says most of an engine: these start their servers on PostgreSQL as well. */
const onBothEngines = [
  'access/access',
  'conversation-permissions',
  'data-classes',
  'erasure',
  'export',
  'gateway-membership',
  'gateway-send',
  'gateway-sync',
  'message-actions',
  'reports',
  'required-factor',
  'rest-conversations',
  'rest-messages',
  'retention',
  'sdk-actions',
  'seed',
  'suspension',
].map((name) => `packages/server/test/${name}.test.ts`)
const browserFiles = files.filter(isBrowser)
const browser = findBrowser()

type Work = () => Promise<void>

/** So many that what is left at the end, when one waits for the other, is short. */
const partsMax = 3

const total: Counts = { passed: 0, failed: 0, skipped: 0 }

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endChildren()
    process.exit(1)
  })
}

if (!hasFilter) {
  await stage('types', () => runCheck('types', ['node_modules/.bin/tsc', '--noEmit', '-p', '.']))
  await stage('lint', () =>
    runCheck('lint', ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.']),
  )
  await stage('layers', () => runCheck('layers', [bun, 'scripts/layers.ts']))
}
if (!checksOnly) {
  if (!hasFilter || (browser && browserFiles.length > 0)) {
    await stage('build', () => runCheck('build', [bun, 'scripts/launch.mjs', 'build']))
  }
  // Two at a time, since three made two cores so slow that tests failed: each is one thread that mostly
  // waits, for its engines, servers or browser. Whoever has ended takes the next, the longest first, so that
  // both end together; in this order hardly ever are two of them browsers.
  const waiting = [
    ...inTurn(tests('whole server', 60_000, isWhole), browserTests()),
    ...inTurn(
      tests('unit and contract', 30_000, (path) => !isBrowser(path) && !isWhole(path)),
      testsOnPostgres(),
    ),
  ]
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next()
  }
  await Promise.all([lane(), lane()])
  if (hasFilter && files.length === 0) {
    console.error(`no test file's path holds ${filters.join(' or ')}`)
    total.failed += 1
  }
}

const engines = {
  PostgreSQL: process.env.TEST_POSTGRES_URL,
  Redis: process.env.TEST_REDIS_URL,
  RabbitMQ: process.env.TEST_AMQP_URL,
  Kafka: process.env.TEST_KAFKA_BROKERS ?? process.env.TEST_KAFKA_ABSENT,
}
const missing = Object.entries(engines).flatMap(([name, address]) => (address ? [] : [name]))
if (total.skipped > 0 && missing.length > 0) {
  console.log(`\nskipped: what needs ${missing.join(' or ')} (\`tools/services -- npm test\` starts them)`)
}
if (process.env.TEST_KAFKA_ABSENT) console.log('\nnot tested: what speaks to Kafka, which could not be had')
if (isCi && total.skipped > 0) console.error('CI is set, so what was skipped fails the run')
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || (isCi && total.skipped > 0) ? 1 : 0)

/**
 * A stage in several parts, each a process of its own with every so manieth file; with words, or without
 * a file, it is one.
 */
function tests(
  name: string,
  timeoutMs: number,
  belongs: (path: string) => boolean,
  env: Record<string, string> = {},
): Work[] {
  const own = files.filter(belongs)
  if (hasFilter && own.length === 0) return []
  const count = hasFilter ? 1 : Math.max(1, Math.min(partsMax, own.length))
  return Array.from({ length: count }, (_, part) => () => {
    const partName = count === 1 ? name : `${name} ${part + 1} of ${count}`
    const partFiles = own.filter((_file, index) => index % count === part)
    return stage(partName, () =>
      runTests({ name: partName, files: partFiles, timeoutMs, isQuiet: !hasFilter, env }),
    )
  })
}

function testsOnPostgres(): Work[] {
  const isOne = (path: string) => onBothEngines.includes(path)
  if (process.env.TEST_POSTGRES_URL)
    return tests('whole server on PostgreSQL', 60_000, isOne, { TEST_ENGINE: 'postgres' })
  total.skipped += files.filter(isOne).length
  return []
}

function browserTests(): Work[] {
  if (hasFilter && browserFiles.length === 0) return []
  if (browser) return tests('browser', 90_000, isBrowser, { CHROMIUM_PATH: browser })
  return [() => stage('browser', async () => withoutBrowser())]
}

function withoutBrowser(): Counts {
  if (isCi) {
    console.error('browser: no Chromium here, and CI is set, where it must not be missing')
    return { passed: 0, failed: Math.max(1, browserFiles.length), skipped: 0 }
  }
  console.log('skipped: no Chromium here (install one, or name its program in CHROMIUM_PATH)')
  return { passed: 0, failed: 0, skipped: browserFiles.length }
}

/** The first of each, then the second of each … */
function inTurn(...lists: Work[][]): Work[] {
  const longest = Math.max(...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat()
}

async function stage(name: string, work: () => Promise<Counts>): Promise<void> {
  console.log(`\n— ${name}`)
  const startedAt = performance.now()
  const { passed, failed, skipped } = await work()
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s`)
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}
