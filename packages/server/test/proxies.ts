import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as requestPlain } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCertificate } from '../src/drivers/smtp/test-certificate.ts'
import { freePort } from '../src/lib/test-port.ts'

/** The proxies of deploy/, which Debian's packages bring; `.ci/run` sees to it that they are there. */
export const proxies = ['haproxy', 'nginx'] as const
export type ProxyName = (typeof proxies)[number]

export const isInstalled = (name: ProxyName) =>
  Bun.which(name, { PATH: `${process.env.PATH}:/usr/sbin` }) !== null

/**
 * Runs the example of deploy/ before the nodes that are told, each an address with its port; by TLS with the
 * tests' own certificate.
 */
export async function startProxy(name: ProxyName, nodes: readonly string[], { isTls = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), `confab-${name}-`))
  const port = String(await freePort())
  const pem = join(folder, 'own.pem')
  if (isTls) await writeFile(pem, testCertificate.cert + testCertificate.key)
  const child = Bun.spawn([join(import.meta.dir, '../../../tools/proxy'), name, folder, port, ...nodes], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(isTls && { PROXY_PEM: pem }) },
  })
  const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`
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
  statusOf(`${url}/healthz`).then(
    (status) => status === 200,
    () => false,
  )

/** Trusting the tests' own certificate. Rejects where nothing is answered. */
export function statusOf(url: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const asked = url.startsWith('https:') ? request(url, { ca: testCertificate.cert }) : requestPlain(url)
  asked.on('response', (answer) => {
    answer.resume()
    resolve(answer.statusCode)
  })
  asked.on('error', reject)
  asked.end()
  return promise
}
