import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, withLock } from './lock.mjs'
import { capture } from './run.mjs'

const inputs = ['packages/web', 'packages/client', 'packages/protocol', 'package.json', 'package-lock.json']
const isNoInput = /(^|\/)(node_modules|dist|test|\.[^/]*)$|\.test\.tsx?$/

export function hasWeb(root) {
  return existsSync(join(root, 'packages/web/index.html'))
}

/**
 * Builds the web app into packages/web/dist when what it is made of has changed. Told by content, not by
 * time, so a fresh checkout of the same files builds nothing; reading them all takes some 10 ms.
 */
export async function buildWeb(root, bun) {
  if (!hasWeb(root)) return
  const dist = join(root, 'packages/web/dist')
  const stamp = join(root, '.cache/web.stamp')
  const isBuilt = () => {
    if (!existsSync(join(dist, 'index.html')) || !existsSync(stamp)) return false
    return readFileSync(stamp, 'utf8') === hashInputs(root)
  }
  if (isBuilt()) return

  await withLock(root, async () => {
    if (isBuilt()) return
    console.error('confab: building the web app …')
    const hash = hashInputs(root)
    const fresh = join(root, '.cache/web-fresh')
    const old = join(root, '.cache/web-old')
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
    await vite(root, bun, fresh)

    // Built aside and put in place whole: a server that is running never serves half of each.
    rmSync(stamp, { force: true })
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
    writeFileSync(stamp, hash)
    rmSync(old, { recursive: true, force: true })
  })
}

async function vite(root, bun, outDir) {
  const program = join(root, 'node_modules/vite/bin/vite.js')
  const words = ['--bun', program, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn']
  const { status, output } = await capture(bun, words, {
    cwd: join(root, 'packages/web'),
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  })
  if (status === 0) return
  console.error(output.trimEnd())
  throw new Stop('the web app does not build; the lines above say why')
}

function hashInputs(root) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (isNoInput.test(path)) return
    const entries = foldersOf(join(root, path))
    if (entries) for (const name of entries.sort()) add(`${path}/${name}`)
    else
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0')
  }
  for (const path of inputs) add(path)
  return hash.digest('hex')
}

/** The names in a folder; undefined for a file. */
function foldersOf(path) {
  try {
    return readdirSync(path)
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined
    throw error
  }
}
