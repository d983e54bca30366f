import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig, serverRoles, settingNames } from '../src/config.ts'

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

test('[DEPLOY4] what compose and Kubernetes tell a node is settings that it knows, and starts with', async () => {
  const compose = readYaml(await read('compose.yaml'))[0] as Compose
  const { environment } = compose.services.confab
  const given = {
    SECRET: 'x'.repeat(32),
    POSTGRES_PASSWORD: 'p',
    REDIS_PASSWORD: 'r',
    RABBITMQ_PASSWORD: 'q',
    KAFKA_PASSWORD: 'k',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: 'chat@example.org',
  }
  const filled = Object.entries(environment).map(([name, value]) => [name, fill(value, given)])
  expect(Object.keys(environment).filter((name) => !settingNames.includes(name))).toEqual([])
  expect(parseConfig(Object.fromEntries(filled))).toMatchObject({ publicUrl: 'http://localhost:8080' })
  // Nothing has a password that somebody else knows.
  expect(() => fill(environment.SECRET ?? '', {})).toThrow('set it in deploy/.env')
  const example = [...(await read('example.env')).matchAll(/^(\w+)=(.*)$/gm)]
  expect(example.map(([, name = '']) => name)).toEqual(expect.arrayContaining(Object.keys(given)))
  expect(example.filter(([, , value]) => value !== '')).toEqual([])

  const resources = await Promise.all(
    (readYaml(await read('kubernetes/kustomization.yaml'))[0] as { resources: string[] }).resources.map(
      async (file) => readYaml(await read(`kubernetes/${file}`)) as Manifest[],
    ),
  )
  const manifests = resources.flat()
  const [config] = manifests.filter(({ kind }) => kind === 'ConfigMap')
  const [secret] = manifests.filter(({ kind }) => kind === 'Secret')
  const shared = { ...config?.data, ...secret?.stringData }
  const nodes = manifests.flatMap((manifest) => manifest.spec?.template?.spec.containers ?? [])
  const roles = nodes.map(({ env = [] }) => Object.fromEntries(env.map(({ name, value }) => [name, value])))
  expect(nodes.length).toBe(2)
  for (const own of roles) {
    const settings = { ...shared, ...own }
    expect(Object.keys(settings).filter((name) => !settingNames.includes(name))).toEqual([])
    // As it stands in the repository nobody can run it: everybody knows this secret.
    expect(() => parseConfig(settings)).toThrow('SECRET')
    parseConfig({ ...settings, SECRET: given.SECRET })
  }
  expect(roles.flatMap(({ ROLES = '' }) => ROLES.split(',')).toSorted()).toEqual([...serverRoles].toSorted())
})

interface Compose {
  services: { confab: { environment: Record<string, string> } }
}

interface Manifest {
  kind: string
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec?: { template?: { spec: { containers: { env?: { name: string; value: string }[] }[] } } }
}

const readYaml = (text: string): unknown[] => [Bun.YAML.parse(text)].flat()

/** `${NAME:-default}` and `${NAME:?why it must be set}`, as compose has them. */
const fill = (value: string, given: Record<string, string>): string =>
  value.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (given[name] === undefined && kind === '?') throw new Error(rest)
    return given[name] ?? rest
  })
