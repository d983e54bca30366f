import { afterAll, describe, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkLayers } from './check-layers.ts'
import { layers } from './layers.ts'

const server = 'packages/server/src'
const temporary: string[] = []
afterAll(() => Promise.all(temporary.map((folder) => rm(folder, { recursive: true }))))

/** A small tree that breaks nothing; each test breaks it once, in the one file that it names. */
const sound: Record<string, string> = {
  'package.json': '{ "name": "confab", "devDependencies": { "fast-check": "1" } }',
  'packages/protocol/package.json': '{ "name": "@confab/protocol", "dependencies": { "zod": "1" } }',
  'packages/protocol/src/fold.ts': "import { z } from 'zod'\nexport const fold = z",
  'packages/client/package.json': '{ "name": "@confab/client" }',
  'packages/client/src/open.ts': "import { fold } from '@confab/protocol/fold'\nexport const open = fold",
  'packages/web/package.json': '{ "name": "@confab/web", "dependencies": { "react": "1" } }',
  'packages/web/src/app.tsx': "import 'react'\nimport './app.css'\nimport '@confab/client/open'",
  'packages/web/src/app.css': '',
  'packages/server/package.json': '{ "name": "@confab/server", "dependencies": { "hono": "1" } }',
  [`${server}/lib/clock.ts`]: 'export const clock = 0',
  [`${server}/ports/bus.ts`]: "import { clock } from '../lib/clock.ts'\nexport type Bus = typeof clock",
  [`${server}/ports/bus.contract.ts`]: "import 'bun:test'\nimport type { Bus } from './bus.ts'",
  [`${server}/domain/messages/send.ts`]:
    "import type { Bus } from '../../ports/bus.ts'\nimport 'node:crypto'",
  [`${server}/drivers/memory/bus.ts`]: "import type { Bus } from '../../ports/bus.ts'\nimport 'bun:sqlite'",
  [`${server}/drivers/memory/bus.test.ts`]: "import '../../ports/bus.contract.ts'\nimport 'fast-check'",
  [`${server}/roles/chat/serve.ts`]: "import '../../domain/messages/send.ts'\nimport 'hono'",
  [`${server}/roles/gateway/serve.ts`]: "import '../../domain/messages/send.ts'",
  [`${server}/config.ts`]: 'export const config = 0',
  [`${server}/main.ts`]:
    "import './config.ts'\nimport './roles/chat/serve.ts'\nimport('./drivers/memory/bus.ts')",
  'packages/server/test/whole.ts': "import '../src/domain/messages/send.ts'\nimport '@confab/client/open'",
  'tools/load/package.json': '{ "name": "@confab/load", "dependencies": { "ws": "1" } }',
  'tools/chaos/package.json': '{ "name": "@confab/chaos" }',
  'tools/chaos/src/check/check.ts': 'export const check = 0',
  'tools/chaos/src/check/check.test.ts': "import 'bun:test'\nimport './check.ts'",
  'tools/chaos/src/run.ts': "import './check/check.ts'\nimport 'node:fs'",
  'tools/load/src/drive.ts': "import '@confab/client/open'\nimport 'ws'",
  'scripts/check.ts': "import 'node:fs'",
}

async function problemsOf(changed: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'confab-layers-'))
  temporary.push(root)
  for (const [path, text] of Object.entries({ ...sound, ...changed })) {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return (await checkLayers(root, layers)).problems
}

test('[HOUSE1] a tree that keeps to the table has no problem', async () => {
  expect(await problemsOf({})).toEqual([])
})

test('[HOUSE1] each row names rows that exist, and says why', () => {
  const names = layers.map((layer) => layer.name)
  expect([...new Set(names)]).toEqual(names)
  for (const layer of layers) {
    expect([...layer.may, ...(layer.lazy ?? [])].filter((name) => !names.includes(name))).toEqual([])
    expect(layer.why.length).toBeGreaterThan(20)
  }
})

describe('one forbidden import is found, told with its file, its line and the reason', () => {
  const breaches: [file: string, text: string, part: string][] = [
    ['packages/protocol/src/a.ts', "import '@confab/client/open'", 'protocol may not import client'],
    ['packages/protocol/src/a.ts', "import 'react'", "not 'react'"],
    ['packages/protocol/src/a.ts', "import 'node:fs'", "not 'node:fs'"],
    ['packages/client/src/bun/a.ts', "import 'hono'", "not 'hono'"],
    ['packages/client/src/a.ts', "import type { S } from 'bun'", "not 'bun'"],
    ['packages/client/src/a.ts', "import { readFile } from 'node:fs/promises'", "not 'node:fs'"],
    ['packages/client/src/a.ts', "import 'react'", "not 'react'"],
    ['packages/client/src/a.ts', "import '@confab/server/config'", 'client may not import config'],
    ['packages/web/src/a.tsx', "import '@confab/server/domain/messages/send'", 'web may not import domain'],
    ['packages/web/src/a.tsx', "import '../../server/src/lib/clock.ts'", 'web may not import lib'],
    ['packages/web/src/a.tsx', "import 'node:fs'", "not 'node:fs'"],
    ['packages/web/vite.config.ts', "import '@confab/client/open'", 'web config may not import client'],
    ['tools/load/src/a.ts', "import '@confab/server/main'", 'tools may not import main'],
    ['tools/chaos/src/a.ts', "import '@confab/server/lib/clock'", 'tools may not import lib'],
    ['tools/chaos/src/check/a.ts', "import '../run.ts'", 'chaos checker may not import tools'],
    ['tools/chaos/src/check/a.ts', "import 'node:fs'", "not 'node:fs'"],
    ['tools/chaos/src/check/a.test.ts', "import '../run.ts'", 'chaos checker tests may not import tools'],
    ['scripts/a.ts', "import '../packages/protocol/src/fold.ts'", 'scripts may not import protocol'],
    [`${server}/lib/a.ts`, "import '@confab/protocol/fold'", 'lib may not import protocol'],
    [`${server}/lib/a.ts`, "import '../ports/bus.ts'", 'lib may not import ports'],
    [`${server}/ports/a.ts`, "import '../drivers/memory/bus.ts'", 'ports may not import drivers'],
    [`${server}/ports/a.ts`, "import '../domain/messages/send.ts'", 'ports may not import domain'],
    [`${server}/ports/a.ts`, "import './bus.contract.ts'", 'ports may not import contracts'],
    [
      `${server}/ports/a.contract.ts`,
      "import '../drivers/memory/bus.ts'",
      'contracts may not import drivers',
    ],
    [`${server}/commands/a.ts`, "import '../roles/chat/serve.ts'", 'commands may not import roles'],
    [`${server}/domain/a.ts`, "import '../drivers/memory/bus.ts'", 'domain may not import drivers'],
    [`${server}/domain/a.ts`, "import '../roles/chat/serve.ts'", 'domain may not import roles'],
    [`${server}/domain/a.ts`, "import '@confab/client/open'", 'domain may not import client'],
    [`${server}/domain/a.ts`, "import 'node:fs'", "not 'node:fs'"],
    [`${server}/domain/a.ts`, "import 'hono'", "not 'hono'"],
    [`${server}/domain/a.ts`, "import 'bun:test'", "not 'bun:test'"],
    [`${server}/drivers/a.ts`, "import '../domain/messages/send.ts'", 'drivers may not import domain'],
    [`${server}/drivers/a.ts`, "import 'left-pad'", "not 'left-pad'"],
    [`${server}/roles/chat/a.ts`, "import '../gateway/serve.ts'", 'roles stay apart'],
    [`${server}/roles/http/a.ts`, "import '../chat/serve.ts'", 'http kit may not import roles'],
    [`${server}/roles/http/a.ts`, "import '../../domain/messages/send.ts'", 'http kit may not import domain'],
    [`${server}/roles/chat/a.ts`, "import '../../drivers/memory/bus.ts'", 'roles may not import drivers'],
    [`${server}/roles/chat/a.ts`, "import '../../config.ts'", 'roles may not import config'],
    [`${server}/seed/a.ts`, "import '../drivers/memory/bus.ts'", 'seed may not import drivers'],
    [`${server}/replay/a.ts`, "import '../drivers/memory/bus.ts'", 'replay may not import drivers'],
    [`${server}/demo/a.ts`, "import '../drivers/memory/bus.ts'", 'demo may not import drivers'],
    [`${server}/config.ts`, "import './domain/messages/send.ts'", 'config may not import domain'],
    [
      `${server}/engines/a.ts`,
      "import '../drivers/memory/bus.ts'",
      'engines imports drivers by import() only',
    ],
    [`${server}/main.ts`, "import './drivers/memory/bus.ts'", 'main imports drivers by import() only'],
    [`${server}/main.ts`, "import '../test/whole.ts'", 'main may not import server tests'],
    ['packages/client/src/a.test.ts', "import '@confab/server/main'", 'client tests may not import main'],
    ['packages/client/scripts/a.ts', "import '../src/open.ts'", 'client scripts may not import client'],
    [
      'packages/protocol/src/a.test.ts',
      "import '@confab/client/open'",
      'protocol tests may not import client',
    ],
    ['packages/web/test/a.browser.test.ts', "import '@confab/server/main'", 'web tests may not import main'],
    ['packages/server/test/a.ts', "import '../../web/src/app.tsx'", 'server tests may not import web'],
  ]
  test.each(breaches)('[HOUSE1] %s: %s', async (file, text, part) => {
    const problems = await problemsOf({ [file]: `\n${text}` })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toStartWith(`${file}:2: `)
    expect(problems[0]).toContain(part)
    const row = layers.find((layer) => new Bun.Glob(layer.files).match(file))
    expect(problems[0]).toEndWith(row?.why ?? 'no row')
  })

  test('[HOUSE1] every row is broken at least once above', () => {
    const broken = breaches.map(([file]) => layers.find((row) => new Bun.Glob(row.files).match(file))?.name)
    expect(layers.map((layer) => layer.name).filter((name) => !broken.includes(name))).toEqual([])
  })
})

describe('no way of writing an import escapes', () => {
  const driver = '../drivers/memory/bus.ts'
  test.each([
    [`import type { Bus } from '${driver}'`],
    [`import { type Bus } from '${driver}'`],
    [`export { bus } from '${driver}'`],
    [`export * from '${driver}'`],
    [`export type { Bus } from '${driver}'`],
    [`type Bus = import('${driver}').Bus`],
    [`const bus = () => import('${driver}')`],
    [`const bus = require('${driver}')`],
    [`const worker = new Worker(new URL('${driver}', import.meta.url))`],
    ["import '@confab/server/drivers/memory/bus'"],
  ])('[HOUSE1] %s', async (text) => {
    const problems = await problemsOf({ [`${server}/domain/a.ts`]: text })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('domain may not import drivers')
  })

  test('[HOUSE1] a computed path is refused, and so is one that names nothing', async () => {
    const text = "export const load = (name: string) => import('../ports/' + name)\nimport './gone.ts'"
    expect(await problemsOf({ [`${server}/domain/a.ts`]: text })).toEqual([
      `${server}/domain/a.ts:1: a computed import cannot be checked; write its path out`,
      `${server}/domain/a.ts:2: './gone.ts' is no file of the tree`,
    ])
  })
})

test('[HOUSE2] a folder without a row is refused', async () => {
  const file = `${server}/utils/pad.ts`
  expect(await problemsOf({ [file]: '' })).toEqual([
    `${file}: no row of scripts/layers.ts covers it; a new folder needs one, with its reason`,
  ])
})

describe('an import cycle is found, whichever way its edges are written', () => {
  test.each([["import './b.ts'"], ["import type { B } from './b.ts'"], ["const b = () => import('./b.ts')"]])(
    '[HOUSE3] %s',
    async (edge) => {
      const changed = { [`${server}/lib/a.ts`]: edge, [`${server}/lib/b.ts`]: "import './a.ts'" }
      expect(await problemsOf(changed)).toEqual([
        `import cycle: ${server}/lib/a.ts → ${server}/lib/b.ts → ${server}/lib/a.ts`,
      ])
    },
  )
})
