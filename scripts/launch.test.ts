import { afterAll, describe, expect, test } from 'bun:test'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dir, '..')
const temporary: string[] = []
afterAll(() => Promise.all(temporary.map((folder) => rm(folder, { recursive: true }))))

/** Stands for the server: tells what it was given, ends as it is told, or serves until it is ended. */
const standIn = `
process.on('SIGTERM', () => process.exit(7))
process.on('SIGINT', () => process.exit(8))
console.log(JSON.stringify({ words: process.argv.slice(2), mode: process.env.NODE_ENV }))
if (process.argv[2]) process.exit(Number(process.argv[2]))
setInterval(() => {}, 60_000)
`

/** A copy with the launcher and the stand-in; it has this copy's node_modules unless it is to have none. */
async function openCopy({
  modules = true,
  files = {},
}: {
  modules?: boolean
  files?: Record<string, string>
} = {}) {
  const copy = await mkdtemp(join(tmpdir(), 'confab-launch-'))
  temporary.push(copy)
  const parts = ['scripts/launch.mjs', 'scripts/launch', 'package.json', 'package-lock.json']
  for (const part of parts) await cp(join(root, part), join(copy, part), { recursive: true })
  if (modules) await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [path, text] of Object.entries({ 'packages/server/src/main.ts': standIn, ...files })) {
    await mkdir(join(copy, dirname(path)), { recursive: true })
    await writeFile(join(copy, path), text)
  }
  return copy
}

function launch(copy: string, words: string[], env: Record<string, string> = {}) {
  return spawn(copy, ['node', 'scripts/launch.mjs', ...words], env)
}

function spawn(copy: string, command: string[], env: Record<string, string> = {}) {
  return Bun.spawn(command, {
    cwd: copy,
    env: { PATH: process.env.PATH ?? '', HOME: copy, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function outcome(child: ReturnType<typeof launch>) {
  const streams = [child.stdout, child.stderr].map((stream) => new Response(stream).text())
  const [output = '', errors = ''] = await Promise.all(streams)
  return { output, errors, status: await child.exited }
}

describe('start', () => {
  test('[HOUSE9] runs the server for production, hands it the words and passes on its status', async () => {
    const { output, errors, status } = await outcome(
      launch(await openCopy(), ['start', '78', '--people', '5']),
    )
    expect(JSON.parse(output)).toEqual({ words: ['78', '--people', '5'], mode: 'production' })
    expect([errors, status]).toEqual(['', 78])
  })

  test.each([
    ['SIGTERM', 7],
    ['SIGINT', 8],
  ] as const)('[HOUSE9] hands on %s', async (signal, expected) => {
    const child = launch(await openCopy(), ['start'])
    await child.stdout.getReader().read() // the stand-in serves once it has said its line
    child.kill(signal)
    expect(await child.exited).toBe(expected)
  })

  test('[HOUSE9] hears what npm is told, and npm waits for it', async () => {
    const child = spawn(await openCopy(), ['npm', 'start', '--silent'])
    await child.stdout.getReader().read()
    child.kill('SIGTERM')
    expect(await child.exited).toBe(7)
  })

  test('[HOUSE9] tells in one line that this copy has no server', async () => {
    const copy = await openCopy()
    await rm(join(copy, 'packages/server/src/main.ts'))
    const { output, errors, status } = await outcome(launch(copy, ['start']))
    expect([output, errors, status]).toEqual([
      '',
      'confab: packages/server/src/main.ts is missing: this copy is not whole\n',
      1,
    ])
  })

  test('[HOUSE9] tells in one line that nothing is installed and no registry answers', async () => {
    const closed = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
    const registry = `http://127.0.0.1:${closed.port}/`
    await closed.stop(true)
    const env = { npm_config_registry: registry, npm_config_fetch_retries: '0' }
    const { output, errors, status } = await outcome(
      launch(await openCopy({ modules: false }), ['start'], env),
    )
    expect([output, status]).toEqual(['', 1])
    expect(errors.trimEnd().split('\n')).toEqual([
      'confab: installing dependencies from the lockfile …',
      expect.stringContaining("confab: the npm registry can't be reached"),
    ])
  }, 30_000)

  test('[HOUSE9] finds Bun where install scripts are switched off', async () => {
    const copy = await openCopy({ modules: false })
    const modules = join(copy, 'node_modules')
    const system = { darwin: 'darwin', linux: 'linux' }[process.platform as string]
    const machine = process.arch === 'arm64' ? 'aarch64' : process.arch
    const folders = ['', '-musl'].map((end) =>
      join(modules, '@oven', `bun-${system}-${machine}${end}`, 'bin'),
    )
    for (const folder of folders) {
      await mkdir(folder, { recursive: true })
      await symlink(process.execPath, join(folder, 'bun'))
    }
    await mkdir(join(modules, 'bun/bin'), { recursive: true })
    await writeFile(join(modules, 'bun/bin/bun.exe'), 'echo no install script has run; exit 1')
    await chmod(join(modules, 'bun/bin/bun.exe'), 0o755)
    await cp(join(root, 'node_modules/.package-lock.json'), join(modules, '.package-lock.json'))
    const { errors, status } = await outcome(launch(copy, ['start', '5']))
    expect([errors, status]).toEqual(['', 5])
  })
})

describe('the web app', () => {
  const page = '<!doctype html><title>a</title><script type="module" src="/src/main.ts"></script>'
  const files = { 'packages/web/index.html': page, 'packages/web/src/main.ts': 'document.title = "first"' }
  for (const folder of ['client', 'protocol'])
    Object.assign(files, { [`packages/${folder}/package.json`]: '{}' })

  test('[HOUSE9] is built once, and again when a source has changed', async () => {
    const copy = await openCopy({ files })
    expect((await outcome(launch(copy, ['build']))).errors).toBe('confab: building the web app …\n')
    expect(await readdir(join(copy, 'packages/web/dist'))).toContain('index.html')
    expect((await outcome(launch(copy, ['build']))).errors).toBe('')
    await writeFile(join(copy, 'packages/web/src/main.ts'), 'document.title = "second"')
    expect((await outcome(launch(copy, ['build']))).errors).toBe('confab: building the web app …\n')
  }, 30_000)

  test('[HOUSE9] is built by one of two that start at once', async () => {
    const copy = await openCopy({ files })
    const both = await Promise.all([outcome(launch(copy, ['build'])), outcome(launch(copy, ['build']))])
    expect(both.map(({ status }) => status)).toEqual([0, 0])
    const said = both.map(({ errors }) => errors).join('')
    expect(said.match(/building the web app/g)).toHaveLength(1)
  }, 30_000)

  test('[HOUSE9] keeps its last build when the next one fails, and the launcher says so', async () => {
    const copy = await openCopy({ files })
    await outcome(launch(copy, ['build']))
    await writeFile(join(copy, 'packages/web/src/main.ts'), "import './gone.ts'")
    const { errors, status } = await outcome(launch(copy, ['build']))
    expect(status).toBe(1)
    expect(errors).toEndWith('confab: the web app does not build; the lines above say why\n')
    expect(await readdir(join(copy, 'packages/web/dist'))).toContain('index.html')
  }, 30_000)
})

test('[HOUSE9] an unknown command is told with those that there are', async () => {
  const { errors, status } = await outcome(launch(await openCopy(), ['serve']))
  expect(errors).toStartWith("confab: no command 'serve': use start, dev, test, ")
  expect(status).toBe(1)
})
