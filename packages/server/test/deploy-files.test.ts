import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serverRoles, settingNames } from '../src/config/settings.ts'
import { parseConfig } from '../src/config.ts'

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
  const sources = await sourcesOfTheServer()
  return sources.flatMap((text) =>
    [...text.matchAll(/from '@confab\/([\w-]+)\//g)].map(([, name = '']) => name),
  )
}

async function sourcesOfTheServer(): Promise<string[]> {
  const paths = await Array.fromAsync(new Bun.Glob('packages/server/src/**/*.ts').scan(root))
  const sources = paths.filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.contract.ts'))
  return Promise.all(sources.map((path) => Bun.file(join(root, path)).text()))
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

  const manifests = await readManifests()
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

test('[DEPLOY6] what a manifest refers to is there: settings, volumes, pods, their ports and the metric', async () => {
  const manifests = await readManifests()
  const named = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  expect(new Set(named).size).toBe(named.length)
  const referred = manifests.flatMap((manifest) => referencesOf(manifest))
  expect(referred).toContain('Deployment confab-chat')
  // What the ingress answers /metrics with, so that nobody is answered.
  expect([...new Set(referred.filter((one) => !named.includes(one)))]).toEqual(['Service nothing'])

  const pods = manifests.flatMap(({ spec }) => spec?.template ?? [])
  for (const { kind, spec } of manifests) {
    const { selector } = spec ?? {}
    if (selector === undefined) continue
    const wanted = Object.entries('matchLabels' in selector ? selector.matchLabels : selector)
    const meant = pods.filter(({ metadata }) => wanted.every(([name, is]) => metadata.labels[name] === is))
    expect({ kind, pods: meant.length }).toEqual({ kind, pods: 1 })
  }
  const text = JSON.stringify(manifests)
  const ports = [...text.matchAll(/"(?:targetPort|port)":"(\w+)"/g)].map(([, port]) => port)
  expect(new Set(ports)).toEqual(new Set(['http']))
  for (const { spec } of pods)
    expect(spec.containers[0]?.ports).toEqual([{ name: 'http', containerPort: 8080 }])
  const [metric = 'none'] = text.match(/confab_\w+/) ?? []
  expect((await sourcesOfTheServer()).some((source) => source.includes(`metrics.gauge('${metric}'`))).toBe(
    true,
  )
})

/** The kind and the name of each other resource that one names. */
function referencesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const { kind = kindsOf[key], name, claimName = name } = { ...part }
    const isOne = key in kindsOf && typeof claimName === 'string'
    return [...(isOne ? [`${kind} ${claimName}`] : []), ...referencesOf(part)]
  })
}

const kindsOf: Record<string, string> = {
  configMapRef: 'ConfigMap',
  secretRef: 'Secret',
  service: 'Service',
  persistentVolumeClaim: 'PersistentVolumeClaim',
  scaleTargetRef: '',
}

async function readManifests(): Promise<Manifest[]> {
  const [index] = readYaml(await read('kubernetes/kustomization.yaml')) as { resources: string[] }[]
  const files = (index?.resources ?? []).map((file) => read(`kubernetes/${file}`))
  return (await Promise.all(files)).flatMap((text) => readYaml(text) as Manifest[])
}

interface Compose {
  services: { confab: { environment: Record<string, string> } }
}

type Labels = Record<string, string>

interface Manifest {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec?: { selector?: Labels | { matchLabels: Labels }; template?: Pod }
}

interface Pod {
  metadata: { labels: Labels }
  spec: { containers: { env?: { name: string; value: string }[]; ports: unknown }[] }
}

const readYaml = (text: string): unknown[] => [Bun.YAML.parse(text)].flat()

/** `${NAME:-default}` and `${NAME:?why it must be set}`, as compose has them. */
const fill = (value: string, given: Record<string, string>): string =>
  value.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (given[name] === undefined && kind === '?') throw new Error(rest)
    return given[name] ?? rest
  })
