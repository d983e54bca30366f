import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Stop } from './lock.mjs'

// Bun's package holds a stub of some hundred bytes until its install script has put the program there.
const programBytesMin = 1_000_000

/**
 * The pinned Bun's program. npm installs the one for this platform into @oven/…, and the install script of
 * the `bun` package moves it over; where install scripts are switched off it still lies in the first place.
 */
export function findBun(root) {
  const modules = join(root, 'node_modules')
  const exe = process.platform === 'win32' ? 'bun.exe' : 'bun'
  const moved = join(modules, 'bun', 'bin', 'bun.exe')
  if (isProgram(moved)) return moved
  const unmoved = join(modules, '@oven', platformName(), 'bin', exe)
  if (isProgram(unmoved)) return unmoved
  throw new Stop(
    `no Bun for ${process.platform}-${process.arch} in node_modules: delete node_modules and run npm ci`,
  )
}

function isProgram(path) {
  return existsSync(path) && statSync(path).size > programBytesMin
}

/** As Bun's own install.js chooses; no machine runs the build for another C library. */
function platformName() {
  const machine = { arm64: 'aarch64' }[process.arch] ?? process.arch
  switch (process.platform) {
    case 'android':
      return `bun-linux-${machine}-android`
    case 'linux':
      return `bun-linux-${machine}${isMusl() ? '-musl' : ''}`
    case 'win32':
      return `bun-windows-${machine}`
    default:
      return `bun-${process.platform}-${machine}`
  }
}

function isMusl() {
  // Without this the report looks up the name of each network address, and may wait for it.
  process.report.excludeNetwork = true
  return !process.report.getReport().header.glibcVersionRuntime
}
