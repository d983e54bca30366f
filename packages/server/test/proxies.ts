import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The proxies of deploy/, which Debian's packages bring; `.ci/run` sees to it that they are there. */
export const proxies = ['haproxy', 'nginx'] as const
export type ProxyName = (typeof proxies)[number]

// Where an ordinary user's PATH doesn't lead.
const programOf = (name: ProxyName) => Bun.which(name) ?? Bun.which(`/usr/sbin/${name}`)

export const isInstalled = (name: ProxyName) => programOf(name) !== null

const examples = join(import.meta.dir, '../../../deploy')

/** Runs the example of deploy/ as it is, but for the addresses, before the nodes that are told. */
export async function startProxy(name: ProxyName, nodes: readonly string[]) {
  const program = programOf(name)
  if (program === null) throw new Error(`${name} is not installed`)
  const folder = await mkdtemp(join(tmpdir(), `confab-${name}-`))
  const port = freePort()
  const config = join(folder, 'proxy.conf')
  await Bun.write(config, await (name === 'nginx' ? nginxConfig(folder, port, nodes) : haproxyConfig(nodes)))
  const words = name === 'nginx' ? ['-p', folder, '-c', config, '-g', 'daemon off;'] : ['-db', '-f', config]
  const child = Bun.spawn([program, ...words], {
    env: { CONFAB_BIND: `127.0.0.1:${port}`, CONFAB_NODES: '1', CONFAB_HOST: nodes[0] ?? '' },
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

const exampleOf = (file: string) => Bun.file(join(examples, file)).text()

/** One line for each node, where the example asks a name that all of them have. */
async function haproxyConfig(nodes: readonly string[]): Promise<string> {
  const lines = nodes.map((node, index) => `server node${index} ${node}`)
  return replace(await exampleOf('haproxy.cfg'), /server-template .*/, lines.join('\n  '))
}

async function nginxConfig(folder: string, port: number, nodes: readonly string[]): Promise<string> {
  const servers = nodes.map((node) => `server ${node} max_fails=1 fail_timeout=2s;`).join('\n')
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  )
  const own = `pid ${folder}/pid; error_log stderr;`
  const listens = replace(await exampleOf('nginx.conf'), /listen 80;/, `listen 127.0.0.1:${port};`)
  const before = replace(listens, /server confab:8080.*/, servers)
  return replace(before, /^http \{/m, `${own}\nhttp {\naccess_log off; ${places.join(' ')}`)
}

function replace(text: string, place: RegExp, by: string): string {
  if (!place.test(text)) throw new Error(`the example holds no ${place}`)
  return text.replace(place, by)
}

/** Free a moment ago: neither proxy tells a port that it chose itself. */
function freePort(): number {
  const listener = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = listener
  listener.stop(true)
  if (port === undefined) throw new Error('no port is free')
  return port
}
