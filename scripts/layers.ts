import { join } from 'node:path'
import { checkLayers, type Layer } from './check-layers.ts'

/**
 * Who may import whom: the whole rule, without exceptions. A file belongs to the first row whose glob fits
 * it, and a file that fits none is refused, so a new folder begins with a row here and its reason.
 * A layer may always import itself. `outside` lists packages by name; `declared` stands for those in the
 * package.json of the file's own package, `built-in` for what the runtime brings (`node:…`, `bun`, `bun:…`),
 * `test tools` for `bun:test` and the packages of the root, which no running part of Confab may need.
 */
export const layers: Layer[] = [
  {
    name: 'scripts',
    files: 'scripts/**',
    may: [],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'the checks must run, and report, when the code that they check is broken',
  },
  {
    name: 'client scripts',
    files: 'packages/client/scripts/**',
    may: [],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'the reference is written from the text of the sources, whatever state they are in',
  },
  {
    name: 'chaos checker tests',
    files: 'tools/chaos/src/check/**/*.test.ts',
    may: ['chaos checker'],
    outside: ['built-in', 'test tools'],
    why: 'what the checker finds is tried on histories written by hand',
  },
  {
    name: 'chaos checker',
    files: 'tools/chaos/src/check/**',
    may: [],
    outside: [],
    why: 'the checker judges by the histories alone: it knows no server, no client and no I/O',
  },
  {
    name: 'tools',
    files: 'tools/**',
    may: ['client', 'protocol', 'chaos checker'],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'tools drive a running system through its public contract, as any client does',
  },
  {
    name: 'protocol tests',
    files: 'packages/protocol/{test/**,src/**/*.test.ts}',
    may: ['protocol'],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'tests may import what they test',
  },
  {
    name: 'client tests',
    files: 'packages/client/{test/**,src/**/*.{test,contract}.ts}',
    may: ['client', 'protocol'],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'tests may import what they test',
  },
  {
    name: 'web tests',
    files: 'packages/web/{test/**,src/**/*.test.{ts,tsx}}',
    may: ['web', 'client', 'protocol', 'server tests'],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'tests may import what they test, and a browser test starts the server as the whole-server tests do',
  },
  {
    name: 'server tests',
    files: 'packages/server/{test/**,src/**/*.test.ts}',
    may: [
      'main',
      'engines',
      'seed',
      'replay',
      'demo',
      'config',
      'roles',
      'http kit',
      'drivers',
      'domain',
      'contracts',
      'ports',
      'lib',
      'client',
      'protocol',
    ],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'tests may import what they test, and the simulation joins client and domain',
  },
  {
    name: 'protocol',
    files: 'packages/protocol/src/**',
    may: [],
    outside: ['zod'],
    why: 'the contract is pure: browser, Bun, Node and other people’s programs all run it',
  },
  {
    name: 'client',
    files: 'packages/client/src/**',
    may: ['protocol'],
    outside: ['idb'],
    why: 'the SDK runs in a browser, in Bun and in Node, so it may lean on none of them and on no framework; idb only dresses what browsers bring, where they do',
  },
  {
    name: 'web config',
    files: 'packages/web/*.config.ts',
    may: ['web'],
    outside: ['declared', 'built-in'],
    why: 'the build’s settings are no part of the app; they render its public page beforehand',
  },
  {
    name: 'web',
    files: 'packages/web/src/**',
    may: ['client', 'protocol'],
    outside: ['declared'],
    why: 'the app knows the server by its public contract alone, and no browser has the runtime’s modules',
  },
  {
    name: 'lib',
    files: 'packages/server/src/lib/**',
    may: [],
    outside: ['declared', 'built-in'],
    why: 'lib holds no chat nouns, so that any server folder may use it',
  },
  {
    name: 'contracts',
    files: 'packages/server/src/ports/**/*.contract.ts',
    may: ['ports', 'lib', 'protocol'],
    outside: ['declared', 'built-in', 'test tools'],
    why: 'a contract suite proves whichever driver opens it, so it knows the port and no driver',
  },
  {
    name: 'ports',
    files: 'packages/server/src/ports/**',
    may: ['lib', 'protocol'],
    outside: [],
    why: 'a port is a promise in our own words: a driver’s package named here would bind every driver to it',
  },
  {
    name: 'domain',
    files: 'packages/server/src/domain/**',
    may: ['ports', 'lib', 'protocol'],
    outside: ['node:crypto'],
    why: 'the domain holds no I/O and no HTTP words; a hash is arithmetic',
  },
  {
    name: 'drivers',
    files: 'packages/server/src/drivers/**',
    may: ['ports', 'lib', 'protocol'],
    outside: ['declared', 'built-in'],
    why: 'a driver keeps a port’s promise with one technology, and knows nothing of who asks',
  },
  {
    name: 'http kit',
    files: 'packages/server/src/roles/http/**',
    may: ['ports', 'lib', 'protocol'],
    outside: ['declared', 'built-in'],
    why: 'how every door over HTTP refuses, signs in and lists is one; it knows no action of the domain',
  },
  {
    name: 'roles',
    files: 'packages/server/src/roles/**',
    may: ['http kit', 'domain', 'ports', 'lib', 'protocol'],
    apart: true,
    outside: ['declared', 'built-in'],
    why: 'roles meet over the bus, in one process or in fifty, so no role imports another, nor any driver',
  },
  {
    name: 'config',
    files: 'packages/server/src/config.ts',
    may: ['lib', 'protocol'],
    outside: ['declared', 'built-in'],
    why: 'settings are parsed before anything of the server is built',
  },
  {
    name: 'seed',
    files: 'packages/server/src/seed/**',
    may: ['ports', 'lib', 'protocol'],
    outside: ['declared', 'built-in'],
    why: 'a command of the server that fills a store beforehand through its port; main.ts hands it the drivers',
  },
  {
    name: 'replay',
    files: 'packages/server/src/replay/**',
    may: ['ports', 'lib', 'protocol'],
    outside: ['declared', 'built-in'],
    why: 'a command of the server that reads the log through its port; main.ts hands it the driver',
  },
  {
    name: 'demo',
    files: 'packages/server/src/demo/**',
    may: ['ports', 'lib', 'protocol'],
    outside: [],
    why: 'what a demo begins with is written through the store’s port; main.ts hands it the drivers',
  },
  {
    name: 'engines',
    files: 'packages/server/src/engines/**',
    may: ['config', 'drivers', 'ports', 'lib', 'protocol'],
    lazy: ['drivers'],
    outside: ['built-in'],
    why: 'which drivers go together on one engine is main’s choice in a file of its own; main.ts alone opens it',
  },
  {
    name: 'main',
    files: 'packages/server/src/main.ts',
    may: [
      'config',
      'engines',
      'roles',
      'http kit',
      'seed',
      'replay',
      'demo',
      'drivers',
      'domain',
      'ports',
      'lib',
      'protocol',
    ],
    lazy: ['drivers'],
    outside: ['declared', 'built-in'],
    why: 'main.ts alone names roles, and with its engines drivers, and loads a driver lazily: an unused Kafka client never loads',
  },
]

if (import.meta.main) {
  const { files, problems } = await checkLayers(join(import.meta.dir, '..'), layers)
  for (const problem of problems) console.error(problem)
  console.log(`layers: ${files} files, ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
