import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '..')
const isText =
  /(^|\/)(\.[\w-]+|[\w.-]+\.(c?[jt]sx?|mjs|json|md|html|css|svg|ya?ml|sh|sql|txt|webmanifest)|run|LICENSE|Dockerfile)$/

/** What git tracks, and what it would: a file is held to the rules before its first commit. */
async function ownFiles(): Promise<{ path: string; text: string }[]> {
  const listing = Bun.spawnSync(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  expect(listing.exitCode).toBe(0)
  const paths = listing.stdout.toString().split('\0')
  const present = paths.filter((path) => isText.test(path) && existsSync(join(root, path)))
  expect(present.length).toBeGreaterThan(20)
  return Promise.all(present.map(async (path) => ({ path, text: await Bun.file(join(root, path)).text() })))
}

interface Lockfile {
  packages: Record<string, { resolved?: string; link?: true; optionalDependencies?: Record<string, string> }>
}

async function readLockfile(): Promise<Lockfile> {
  return Bun.file(join(root, 'package-lock.json')).json()
}

test('[HOUSE4] no tracked file names a path of the machine that it was written on', async () => {
  // Put together here, so that this file does not hold what it looks for.
  const machinePath = new RegExp(`(?<![\\w.$}])/(${['home', 'Users', 'root', 'work'].join('|')})/\\w`)
  const files = await ownFiles()
  const named = files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (machinePath.test(line) ? [`${path}:${index + 1}`] : [])),
  )
  expect(named).toEqual([])
  expect(machinePath.test(['', 'home', 'ann', 'confab'].join('/'))).toBe(true)
})

test('[HOUSE5] the lockfile names no registry', async () => {
  const { packages } = await readLockfile()
  const remote = Object.entries(packages).filter(([, entry]) => entry.resolved?.includes('://'))
  expect(remote.map(([path]) => path)).toEqual([])
})

// npm drops from a lockfile what the machine's registry could not give, and `npm ci` refuses it then.
test('[HOUSE10] the lockfile holds every platform’s build of each package', async () => {
  const { packages } = await readLockfile()
  const names = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  )
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  )
  expect([...new Set(missing)]).toEqual([])
})

test('[HOUSE6] no check is silenced in the source', async () => {
  const silencer = new RegExp(`${'biome'}-ignore|@ts-(${['ignore', 'expect-error', 'nocheck'].join('|')})`)
  const code = (await ownFiles()).filter(({ path }) => /\.([cm]?[jt]sx?|css|html)$/.test(path))
  expect(code.filter(({ text }) => silencer.test(text)).map(({ path }) => path)).toEqual([])
})

test('[HOUSE16] each rule has its own number and a test, and each number of a test is a rule’s', async () => {
  const files = await ownFiles()
  const spec = files.filter(({ path }) => path.startsWith('docs/spec/'))
  const rules = spec.flatMap(({ text }) => [...text.matchAll(/^- \*\*([A-Z]+\d+)\*\*(.*)$/gm)])
  const numbers = rules.map(([, number]) => number)
  expect(numbers.length).toBeGreaterThan(500)
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])

  const code = files.filter(({ path }) => /\.tsx?$/.test(path))
  // Some tests' names are put together out of a list of cases, so the bare word counts.
  const words = new Set(code.flatMap(({ text }) => text.match(/\b[A-Z]+\d+\b/g) ?? []))
  const untested = rules.filter(
    ([, number = '', what = '']) => !words.has(number) && !what.endsWith('*(by eye)*'),
  )
  expect(untested.map(([line]) => line)).toEqual([])

  const known = new Set(numbers)
  const named = code.flatMap(({ path, text }) =>
    [...text.matchAll(/\[([A-Z]+\d+)\]/g)].map(([, number]) => ({ path, number })),
  )
  expect(named.filter(({ number }) => !known.has(number))).toEqual([])
})
