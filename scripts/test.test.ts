import { afterAll, describe, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const script = join(import.meta.dir, 'test.ts')
const temporary: string[] = []
afterAll(() => Promise.all(temporary.map((folder) => rm(folder, { recursive: true }))))

const passing = "import { test } from 'bun:test'\ntest('one', () => {})\ntest('two', () => {})\n"
const failing =
  "import { test } from 'bun:test'\ntest('one', () => {})\ntest('two', () => { throw new Error('no') })\n"
const skipping = "import { test } from 'bun:test'\ntest('one', () => {})\ntest.skip('two', () => {})\n"
const ending = "import { test } from 'bun:test'\ntest('one', () => process.exit(0))\n"
const unloadable = "import './gone.ts'\nimport { test } from 'bun:test'\ntest('one', () => {})\n"
const empty = 'export const nothing = 0\n'

/** Runs the tests of a small tree, all of them under packages/, and answers the last line and the status. */
async function run(files: Record<string, string>, env: Record<string, string> = {}, words = ['packages']) {
  const root = await mkdtemp(join(tmpdir(), 'confab-runner-'))
  temporary.push(root)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const child = Bun.spawn([process.execPath, script, ...words], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  const status = await child.exited
  return { last: output.trimEnd().split('\n').at(-1), status, all: output + errors }
}

describe('the last line counts and the status follows it', () => {
  test('[HOUSE7] all passed', async () => {
    const { last, status } = await run({
      'packages/a/a.test.ts': passing,
      'packages/server/test/b.test.ts': passing,
    })
    expect({ last, status }).toEqual({ last: '4 passed, 0 failed, 0 skipped', status: 0 })
  })

  test('[HOUSE7] one failed, and the later stage ran all the same', async () => {
    const { last, status } = await run({
      'packages/a/a.test.ts': failing,
      'packages/server/test/b.test.ts': passing,
    })
    expect({ last, status }).toEqual({ last: '3 passed, 1 failed, 0 skipped', status: 1 })
  })

  test('[HOUSE7] one skipped: well outside CI, a failed run under it', async () => {
    const files = { 'packages/a/a.test.ts': skipping }
    const outside = await run(files)
    expect([outside.last, outside.status]).toEqual(['1 passed, 0 failed, 1 skipped', 0])
    const inside = await run(files, { CI: 'true' })
    expect([inside.last, inside.status]).toEqual(['1 passed, 0 failed, 1 skipped', 1])
  })

  test('[HOUSE7] a file that does not load, and one without a test, have failed', async () => {
    const files = {
      'packages/a/a.test.ts': passing,
      'packages/a/b.test.ts': unloadable,
      'packages/a/c.test.ts': empty,
    }
    const { last, status, all } = await run(files)
    expect([last, status]).toEqual(['2 passed, 2 failed, 0 skipped', 1])
    expect(all).toContain('packages/a/c.test.ts: ran no test')
  })

  test('[HOUSE7] a run that ends before its report has failed, though its status is 0', async () => {
    const { last, status, all } = await run({
      'packages/a/a.test.ts': passing,
      'packages/a/b.test.ts': ending,
    })
    expect([last, status]).toEqual(['0 passed, 1 failed, 0 skipped', 1])
    expect(all).toContain('wrote no report')
  })

  test('[HOUSE7] words that fit no file have failed', async () => {
    const { last, status } = await run({ 'packages/a/a.test.ts': passing }, {}, ['nowhere'])
    expect([last, status]).toEqual(['0 passed, 1 failed, 0 skipped', 1])
  })

  test('[HOUSE7] without words every stage is owed: a check that is missing and a stage without tests have failed', async () => {
    const { last, status, all } = await run(
      { 'packages/a/a.test.ts': passing },
      { CHROMIUM_PATH: '/gone' },
      [],
    )
    // types, lint, layers, the build and the whole-server stage; the browser stage holds no file to skip.
    expect([last, status]).toEqual(['2 passed, 5 failed, 0 skipped', 1])
    expect(all).toContain('whole server: no test found')
  })
})

describe('a browser test without a browser', () => {
  const files = { 'packages/a/a.test.ts': passing, 'packages/web/test/b.browser.test.ts': passing }

  test('[HOUSE8] is skipped outside CI, and says so', async () => {
    const { last, status, all } = await run(files, { CHROMIUM_PATH: '/gone' })
    expect([last, status]).toEqual(['2 passed, 0 failed, 1 skipped', 0])
    expect(all).toContain('skipped: no Chromium here')
  })

  test('[HOUSE8] fails under CI', async () => {
    const { last, status } = await run(files, { CHROMIUM_PATH: '/gone', CI: 'true' })
    expect(status).toBe(1)
    expect(last).toEndWith(', 0 skipped')
  })
})

test('[HOUSE12] what was skipped for want of an engine is named, and not where there is one', async () => {
  const files = { 'packages/a/a.test.ts': skipping }
  expect((await run(files)).all).toContain('skipped: what needs PostgreSQL or Redis or RabbitMQ or Kafka (')
  const postgres = { TEST_POSTGRES_URL: 'postgres://localhost/confab' }
  expect((await run(files, postgres)).all).toContain('skipped: what needs Redis or RabbitMQ or Kafka (')
  const others = { TEST_REDIS_URL: 'redis://localhost', TEST_AMQP_URL: 'amqp://localhost' }
  const all = { ...postgres, ...others, TEST_KAFKA_BROKERS: 'kafka://localhost' }
  expect((await run(files, all)).all).not.toContain('what needs')
})

test('[HOUSE15] what says most of an engine runs on PostgreSQL as well, or is skipped', async () => {
  const telling = `import { test } from 'bun:test'
    test('one', () => console.log('on', process.env.TEST_ENGINE ?? 'SQLite'))`
  const files = {
    'packages/server/test/retention.test.ts': telling,
    'packages/server/test/http.test.ts': passing,
  }
  const without = await run(files)
  expect(without.last).toBe('3 passed, 0 failed, 1 skipped')
  expect(without.all).not.toContain('on postgres')
  const beside = await run(files, { TEST_POSTGRES_URL: 'postgres://localhost/confab' })
  expect(beside.last).toBe('4 passed, 0 failed, 0 skipped')
  expect(beside.all).toContain('on SQLite')
  expect(beside.all).toContain('on postgres')
})
