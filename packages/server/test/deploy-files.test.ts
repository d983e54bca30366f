import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '../../..')
const read = (path: string) => Bun.file(join(root, 'deploy', path)).text()

test('[DEPLOY1] the image takes what is there, all that the server is made of, and is not root’s', async () => {
  const dockerfile = await read('Dockerfile')
  const copied = [...dockerfile.matchAll(/^COPY --from=build \/confab\/(\S+) /gm)].map(
    ([, path = '']) => path,
  )
  const made = ['node_modules', 'packages/web/dist']
  expect(copied.filter((path) => !made.includes(path) && !existsSync(join(root, path)))).toEqual([])
  const used = [...new Set(await packagesOfTheServer())].map((name) => `packages/${name}`)
  expect(used).toContain('packages/protocol')
  expect(copied).toEqual(expect.arrayContaining([...used, 'packages/server', ...made]))
  for (const path of used) expect(dockerfile).toContain(`-w ${path} `)
  expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
})

/** The workspaces that the program imports when it runs. */
async function packagesOfTheServer(): Promise<string[]> {
  const sources = new Bun.Glob('packages/server/src/**/*.ts').scan(root)
  const names: string[] = []
  for await (const path of sources) {
    if (path.endsWith('.test.ts') || path.endsWith('.contract.ts')) continue
    const text = await Bun.file(join(root, path)).text()
    for (const [, name = ''] of text.matchAll(/from '@confab\/([\w-]+)\//g)) names.push(name)
  }
  return names
}
