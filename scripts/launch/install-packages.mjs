import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, withLock } from './lock.mjs'
import { capture } from './run.mjs'

/**
 * Brings node_modules to what package-lock.json says, with `npm ci`, unless it is there already: a stamp in
 * node_modules holds the lockfile's hash and the platform. A tree that npm itself filled is taken as it is
 * when npm's own record of it names every package of the lockfile,
 * so `npm install` by hand costs no second one.
 */
export async function installPackages(root) {
  const stamp = join(root, 'node_modules', '.confab-stamp')
  const wanted = `${hashOf(join(root, 'package-lock.json'))} ${process.platform}-${process.arch}\n`
  if (textOf(stamp) === wanted) return

  await withLock(root, async () => {
    if (textOf(stamp) === wanted) return
    if (!isInstalled(root)) {
      console.error('confab: installing dependencies from the lockfile …')
      await npmCi(root)
    }
    writeFileSync(stamp, wanted)
  })
}

/** Platform packages are optional, and those of other platforms are rightly not there. */
function isInstalled(root) {
  const installed = JSON.parse(textOf(join(root, 'node_modules', '.package-lock.json')) ?? '{}').packages
  if (!installed) return false
  const locked = JSON.parse(textOf(join(root, 'package-lock.json')) ?? '{}').packages
  return Object.entries(locked).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true
    const found = installed[path]
    if (!found) return entry.optional || entry.devOptional || entry.peer
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/**
 * What builds and tests is a dev dependency and Bun's binary an optional one, so both are asked for,
 * whatever NODE_ENV or npm's settings say.
 */
async function npmCi(root) {
  const words = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--prefer-offline']
  words.push('--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000', '--loglevel=error')
  const { status, output } = await npm(root, words)
  if (status === 0) return
  const code = /npm (?:error|ERR!) (?:code|errno) (E\w+)/.exec(output)?.[1]
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network/.test(output)) {
    throw new Stop(
      `the npm registry can't be reached (${code ?? 'network'}): the first start needs a network`,
    )
  }
  const said = /npm (?:error|ERR!) (?!code |errno )(\S.*)/.exec(output)?.[1] ?? `status ${status}`
  throw new Stop(`npm ci failed${code ? ` (${code})` : ''}: ${said}`)
}

function npm(root, words) {
  // npm names its own program to what it runs; another package manager does too, and is not meant.
  const own = process.env.npm_execpath
  const [program, first] = own?.endsWith('npm-cli.js') ? [process.execPath, [own]] : ['npm', []]
  const shell = process.platform === 'win32' && program === 'npm'
  return capture(program, [...first, ...words], { cwd: root, shell })
}

function hashOf(path) {
  const text = textOf(path)
  if (text === undefined) throw new Stop('package-lock.json is missing: this copy is not whole')
  return createHash('sha256').update(text).digest('hex')
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
