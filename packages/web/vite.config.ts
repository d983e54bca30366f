import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { defineConfig, type HtmlTagDescriptor, type Plugin, transformWithOxc } from 'vite'
import { serviceWorker } from './service-worker.config.ts'
import { PublicPage } from './src/screens/sign-in/public-page.tsx'

/** Where `npm run dev` has started the server. */
const server = `http://127.0.0.1:${process.env.PORT || 8080}`
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Renders the public page into index.html at build, so that it reads before any script has run and
 * to those who run none; main.tsx hydrates it.
 */
function publicPage(): Plugin {
  return {
    name: 'confab:public-page',
    transformIndexHtml: (html) => html.replace('<!--public-->', renderToString(createElement(PublicPage))),
  }
}

/**
 * boot.ts as a classic script in the head: it blocks for a moment so that the first paint has the right
 * theme and, for who is signed in, not the public page. Its own file,
 * since the policy allows no inline script.
 */
function bootScript(): Plugin {
  let building = false
  let reference = ''
  const script = (attrs: Record<string, string>): HtmlTagDescriptor[] => [
    { tag: 'script', attrs, injectTo: 'head-prepend' },
  ]
  return {
    name: 'confab:boot-script',
    configResolved: (config) => {
      building = config.command === 'build'
    },
    async buildStart() {
      if (!building) return
      const { code } = await transformWithOxc(readFileSync(file('src/boot.ts'), 'utf8'), 'boot.ts')
      reference = this.emitFile({ type: 'asset', name: 'boot.js', source: code })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (!bundle) return script({ type: 'module', src: '/src/boot.ts' })
        const boot = Object.keys(bundle).find((name) => /\bboot-[\w-]+\.js$/.test(name))
        if (!boot) throw new Error(`boot.js was not written (asset ${reference})`)
        return script({ src: `/${boot}` })
      },
    },
  }
}

/**
 * zod's way to JSON Schema, of which the server makes its documents: each schema refers to it, so no bundler
 * leaves it out, and no page asks for it. 5.6 KB of the compressed script.
 */
function withoutJsonSchema(): Plugin {
  return {
    name: 'confab:without-json-schema',
    apply: 'build',
    transform(code, id) {
      if (!/\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/.test(id)) return
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name)
      if (names.length === 0) throw new Error(`${id} exports in another way than it did`)
      const none = "const none = () => () => { throw new Error('JSON Schema is not in this build') }"
      return { code: `${none}\n${names.map((name) => `export { none as ${name} }`).join('\n')}`, map: null }
    },
  }
}

export default defineConfig({
  root: file('.'),
  base: '/',
  plugins: [react(), tailwindcss(), publicPage(), bootScript(), serviceWorker(), withoutJsonSchema()],
  build: {
    outDir: 'dist',
    // The first with light-dark(), :has() and Intl.Segmenter, all used as they are: no polyfills.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The polyfill would be an inline script in what the policy sees; every target preloads by itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What the chat shares with pages that load later, its router among it, and nothing else:
          // a file for each compresses worse.
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'shared',
              test: /(protocol\/src\/(limits|user|ids)|state\/(chat-context|use-people|use-own-status)|ui\/presence-dot|conversation\/quote)\.tsx?$|node_modules\/(@tanstack|use-sync-external-store)\//,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      '/api': { target: server, ws: true },
      '/dev': server,
      '/healthz': server,
    },
  },
})
