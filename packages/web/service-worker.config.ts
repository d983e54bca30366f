import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Plugin, transformWithOxc } from 'vite'
import type { Build } from './src/offline/worker-scope.ts'

const source = new URL('src/offline/service-worker.ts', import.meta.url)

/**
 * Writes /sw.js into the build: the service worker, with the list of all files of this build and their
 * hashes before it. So it changes with each of them, by which a browser notices that there is a new build.
 * It is a script of its own without imports, since not every browser takes modules there.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'confab:service-worker',
    apply: 'build',
    generateBundle: {
      // After the index page has been written.
      order: 'post',
      async handler(_options, bundle) {
        const files = Object.values(bundle).map((part) => ({
          path: part.fileName === 'index.html' ? '/' : `/${part.fileName}`,
          integrity: integrityOf(part.type === 'chunk' ? part.code : part.source),
        }))
        if (!files.some(({ path }) => path === '/')) throw new Error('the index page is not in the bundle')
        const build: Build = { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)) }
        const { code } = await transformWithOxc(readFileSync(source, 'utf8'), 'service-worker.ts')
        const script = code.replace(/^export \{\};?$/m, '')
        this.emitFile({
          type: 'asset',
          fileName: 'sw.js',
          source: `const build = ${JSON.stringify(build)}\n${script}`,
        })
      },
    },
  }
}

const integrityOf = (content: string | Uint8Array): string =>
  `sha256-${createHash('sha256').update(content).digest('base64')}`
