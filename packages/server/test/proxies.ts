import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** Free a moment ago: neither proxy tells a port that it chose itself. */
async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
