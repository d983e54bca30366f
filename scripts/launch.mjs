// The one door: `npm start`, `npm run dev`, `npm test` and the rest come through here, on a machine with
// nothing but Node and npm. Plain Node without dependencies, since node_modules may not be there yet.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWeb, hasWeb } from './launch/build-web.mjs'
import { findBun } from './launch/find-bun.mjs'
import { installPackages } from './launch/install-packages.mjs'
import { Stop } from './launch/lock.mjs'
import { run, runTogether } from './launch/run.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const commands = {
  /** Serves; with further words, runs that command of the server's: `npm start -- seed`. */
  async start(words) {
    const main = needs('packages/server/src/main.ts')
    const bun = await prepare()
    if (words.length === 0) await buildWeb(root, bun)
    return run(bun, [main, ...words], { ...process.env, NODE_ENV: 'production' })
  },

  /** The server, started again on each change, and Vite, which hands it what is not the page's. */
  async dev(words) {
    const main = needs('packages/server/src/main.ts')
    const bun = await prepare()
    const env = { CORS_ORIGINS: 'http://localhost:5173,http://127.0.0.1:5173', ...process.env }
    const parts = [[bun, ['--watch', '--no-clear-screen', main, ...words], { env }]]
    if (hasWeb(root)) {
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
      parts.push([bun, ['--bun', vite], { env, cwd: join(root, 'packages', 'web') }])
    }
    return runTogether(parts)
  },

  /** All checks and tests; with further words, the tests whose path holds one of them. */
  async test(words) {
    return run(await prepare(), ['scripts/test.ts', ...words], process.env)
  },

  /**
   * The simulation of delivery, ten thousand runs of it; SIMULATION_RUNS and SIMULATION_SEED say otherwise.
   */
  async simulation() {
    const folder = needs('packages/server/test/simulation')
    const env = { SIMULATION_RUNS: '10000', ...process.env }
    return run(await prepare(), ['test', `./${folder}`], env)
  },

  /** Breaks the code on purpose, one guarantee at a time, to see that the simulation notices. */
  async mutations(words) {
    const mutations = needs('scripts/mutations/run-mutations.ts')
    return run(await prepare(), [mutations, ...words], process.env)
  },

  /** Types, lint and layers. */
  async check() {
    return run(await prepare(), ['scripts/test.ts', '--checks-only'], process.env)
  },

  /** The web app's build alone. */
  async build() {
    await buildWeb(root, await prepare())
    return 0
  },

  /** What of the packages is older than docs/upkeep.md lets it be. Asks the registry. */
  async upkeep() {
    return run(await prepare(), [needs('scripts/upkeep.ts')], process.env)
  },

  async bench(words) {
    const bench = needs('tools/load/src/bench.ts')
    const bun = await prepare()
    await buildWeb(root, bun)
    return run(bun, [bench, ...words], process.env)
  },

  /** The real server under faults, and what became of what it had acknowledged. */
  async chaos(words) {
    const chaos = needs('tools/chaos/src/chaos.ts')
    return run(await prepare(), [chaos, ...words], process.env)
  },
}

async function prepare() {
  await installPackages(root)
  return findBun(root)
}

/** The way there from the root, so that no program sees where this copy of the repository lies. */
function needs(path) {
  if (!existsSync(join(root, path))) throw new Stop(`${path} is missing: this copy is not whole`)
  return path
}

async function launch() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Stop(`Node ${process.versions.node} is too old: install Node 20 or newer`)
  }
  const [name = 'start', ...words] = process.argv.slice(2)
  if (!Object.keys(commands).includes(name)) {
    throw new Stop(`no command '${name}': use ${Object.keys(commands).join(', ')}`)
  }
  process.chdir(root)
  return commands[name](words)
}

launch().then(
  (status) => {
    process.exitCode = status
  },
  (error) => {
    if (!(error instanceof Stop)) throw error
    console.error(`confab: ${error.message}`)
    process.exitCode = 1
  },
)
