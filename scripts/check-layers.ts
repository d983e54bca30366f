import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, posix } from 'node:path'
import { type Import, readImports } from './read-imports.ts'

export interface Layer {
  name: string
  /** A glob, from the repository's root. */
  files: string
  /** The other layers that this one may import, by name. */
  may: string[]
  /** Layers that it may import by `import()` or for their types only. */
  lazy?: string[]
  /** Each folder directly beneath the layer's own is a stranger to its neighbours. */
  apart?: true
  /** Packages from elsewhere, by name; `declared`, `built-in` and `test tools` stand for groups. */
  outside: string[]
  why: string
}

interface Module {
  path: string
  layer: Layer
  imports: Import[]
}

interface Workspace {
  folder: string
  declared: Set<string>
}

const sourceFolders = ['packages', 'tools', 'scripts']
const isCode = /\.[cm]?[jt]sx?$/

/** Holds a source tree against the table. Answers how many files it read and one line for each breach. */
export async function checkLayers(
  root: string,
  layers: Layer[],
): Promise<{ files: number; problems: string[] }> {
  const paths = (await Promise.all(sourceFolders.map((folder) => listCode(root, folder)))).flat().sort()
  const workspaces = await readWorkspaces(root, paths)
  const problems: string[] = []
  const modules = new Map<string, Module>()

  for (const path of paths) {
    const layer = layers.find((row) => new Bun.Glob(row.files).match(path))
    if (!layer) {
      problems.push(`${path}: no row of scripts/layers.ts covers it; a new folder needs one, with its reason`)
      continue
    }
    modules.set(path, { path, layer, imports: readImports(path, await readFile(join(root, path), 'utf8')) })
  }

  const graph = new Map<string, string[]>()
  for (const module of modules.values()) {
    const targets: string[] = []
    for (const found of module.imports) {
      const { target, problem } = judge(root, module, found, modules, workspaces)
      if (problem) problems.push(`${module.path}:${found.line}: ${problem}`)
      if (target) targets.push(target)
    }
    graph.set(module.path, targets)
  }
  for (const cycle of findCycles(graph)) problems.push(`import cycle: ${cycle.join(' → ')}`)
  return { files: paths.length, problems }
}

function judge(
  root: string,
  { path, layer }: Module,
  { specifier: written, kind }: Import,
  modules: Map<string, Module>,
  workspaces: Map<string, Workspace>,
): { target?: string; problem?: string } {
  if (written === undefined) return { problem: 'a computed import cannot be checked; write its path out' }
  const specifier = written.replace(/[?#].*$/, '')
  const target = resolveOwn(path, specifier, workspaces)
  if (target === undefined) {
    const name = packageName(specifier)
    const isAllowed = layer.outside.some((word) => {
      if (word === 'built-in') return isRuntime(name)
      if (word === 'declared') return workspaceOf(path, workspaces)?.declared.has(name)
      if (word === 'test tools') return name === 'bun:test' || workspaceOf('', workspaces)?.declared.has(name)
      return word === name
    })
    if (isAllowed) return {}
    const allowed = layer.outside.join(', ') || 'nothing'
    return { problem: `${layer.name} may take from outside ${allowed}, not '${name}': ${layer.why}` }
  }

  const other = modules.get(target)?.layer
  if (!other) {
    if (isCode.test(target) || !existsSync(join(root, target))) {
      return { problem: `'${specifier}' is no file of the tree` }
    }
    return {} // a style sheet, a picture, a JSON file
  }
  if (other !== layer) {
    if (!layer.may.includes(other.name)) {
      return { target, problem: `${layer.name} may not import ${other.name} (${target}): ${layer.why}` }
    }
    if (kind === 'static' && layer.lazy?.includes(other.name)) {
      return { target, problem: `${layer.name} imports ${other.name} by import() only: ${layer.why}` }
    }
  } else if (layer.apart && sliceOf(layer, path) !== sliceOf(layer, target)) {
    return { target, problem: `${layer.name} stay apart, ${target} is another one's: ${layer.why}` }
  }
  return { target }
}

/** The path that an import of ours names, or undefined for a package from elsewhere. */
function resolveOwn(from: string, specifier: string, workspaces: Map<string, Workspace>): string | undefined {
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier)
  const workspace = workspaces.get(packageName(specifier))
  if (!workspace) return undefined
  const rest = specifier.slice(packageName(specifier).length + 1)
  return posix.join(workspace.folder, 'src', `${rest}.ts`)
}

function packageName(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

function sliceOf(layer: Layer, path: string): string | undefined {
  return path.slice(layer.files.replace('**', '').length).split('/')[0]
}

function isRuntime(name: string): boolean {
  return name !== 'bun:test' && (isBuiltin(name) || name === 'bun' || name.startsWith('bun:'))
}

/** The package that a file lies in; the root for a file outside all of them. */
function workspaceOf(path: string, workspaces: Map<string, Workspace>): Workspace | undefined {
  const all = [...workspaces.values()]
  const own = all.find(({ folder }) => folder !== '' && path.startsWith(`${folder}/`))
  return own ?? all.find(({ folder }) => folder === '')
}

async function readWorkspaces(root: string, paths: string[]): Promise<Map<string, Workspace>> {
  const folders = new Set(['', ...paths.map((path) => path.split('/').slice(0, 2).join('/'))])
  const workspaces = new Map<string, Workspace>()
  for (const folder of folders) {
    const file = join(root, folder, 'package.json')
    if (!existsSync(file)) continue
    const manifest: {
      name?: string
      dependencies?: Record<string, string>
      devDependencies?: Record<string, string>
    } = JSON.parse(await readFile(file, 'utf8'))
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }))
    workspaces.set(manifest.name ?? folder, { folder, declared })
  }
  return workspaces
}

async function listCode(root: string, folder: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return []
  const found: string[] = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist'].includes(basename(path))) found.push(...(await listCode(root, path)))
    } else if (isCode.test(entry.name)) {
      found.push(path)
    }
  }
  return found
}

/** One cycle for each edge that closes one, told from its first file round to itself again. */
function findCycles(graph: Map<string, string[]>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const trail: string[] = []

  const walk = (path: string): void => {
    trail.push(path)
    for (const next of new Set(graph.get(path))) {
      const back = trail.indexOf(next)
      if (back >= 0) cycles.push([...trail.slice(back), next])
      else if (!done.has(next)) walk(next)
    }
    trail.pop()
    done.add(path)
  }
  for (const path of graph.keys()) if (!done.has(path)) walk(path)
  return cycles
}
