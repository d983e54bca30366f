import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../src/lib/test-port.ts'

/** The proxies of deploy/, which Debian's packages bring; `.ci/run` sees to it that they are there. */
export const proxies = ['haproxy', 'nginx'] as const
export type ProxyName = (typeof proxies)[number]

export const isInstalled = (name: ProxyName) =>
  Bun.which(name, { PATH: `${process.env.PATH}:/usr/sbin` }) !== null

/** Runs the example of deploy/ before the nodes that are told, each an address with its port. */
export async function startProxy(name: ProxyName, nodes: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), `confab-${name}-`))
  const port = String(await freePort())
  const child = Bun.spawn([join(import.meta.dir, '../../../tools/proxy'), name, folder, port, ...nodes], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await isUp(url))) {
    if (child.exitCode === null) continue
    throw new Error(`${name} ended: ${await new Response(child.stderr).text()}`)
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )
