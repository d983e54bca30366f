import { cp, mkdir, readdir, realpath, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What the tests of a package need beside its folder. */
const files = ['package.json', 'tsconfig.json', 'bunfig.toml']
const leftOut = /(^|\/)(node_modules|dist|data)$/

/** A copy of the packages, which finds itself and not the original; the dependencies are the original's. */
export async function copyTree(root: string, to: string): Promise<void> {
  for (const file of files) {
    if (await Bun.file(join(root, file)).exists()) await cp(join(root, file), join(to, file))
  }
  await cp(join(root, 'packages'), join(to, 'packages'), {
    recursive: true,
    filter: (path) => !leftOut.test(path),
  })
  const modules = join(to, 'node_modules')
  await mkdir(join(modules, '@confab'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== '@confab') await symlink(join(root, 'node_modules', name), join(modules, name))
  // What links to a workspace of the original leads to that of the copy.
  for (const name of await readdir(join(root, 'node_modules', '@confab'))) {
    const workspace = relative(
      await realpath(root),
      await realpath(join(root, 'node_modules', '@confab', name)),
    )
    await symlink(join(to, workspace), join(modules, '@confab', name))
  }
  for (const name of await readdir(join(root, 'packages'))) {
    const own = join(root, 'packages', name, 'node_modules')
    const entries = await readdir(own).catch(() => [])
    if (entries.length > 0) await symlink(own, join(to, 'packages', name, 'node_modules'))
  }
}
