import { parseSync } from 'oxc-parser'

/**
 * One file's mention of another module.
 * `static` loads it with the file, `lazy` when the line runs, `type` never: the compiler erases it.
 */
export interface Import {
  /** What the source says; undefined when it is computed, so that nobody can check it. */
  specifier: string | undefined
  kind: 'static' | 'lazy' | 'type'
  line: number
}

type Node = Record<string, unknown> & { type: string; start: number }

/**
 * Every import of a source text: `import`, `export … from`, `import()`, `require()`, `import('…').Type`,
 * and `new URL('…', import.meta.url)`, which is how a worker thread is named.
 * Throws an Error for a text that doesn't parse:
 * a file that can't be read must not pass as one without imports.
 */
export function readImports(path: string, text: string): Import[] {
  const parsed = parseSync(path, text)
  const failure = parsed.errors[0]
  if (failure) throw new Error(`${path}: ${failure.message}`)

  const imports: Import[] = []
  visit(parsed.program, (node) => {
    const found = importOf(node)
    if (found) imports.push({ ...found, line: lineOf(text, node.start) })
  })
  return imports
}

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      if (!node.source) return undefined
      const erased = node.importKind === 'type' || node.exportKind === 'type'
      return { specifier: textOf(node.source), kind: erased ? 'type' : 'static' }
    }
    case 'TSImportType':
      return { specifier: textOf(node.source), kind: 'type' }
    case 'ImportExpression':
      return { specifier: textOf(node.source), kind: 'lazy' }
    case 'CallExpression': {
      const isRequire =
        isNode(node.callee) && node.callee.type === 'Identifier' && node.callee.name === 'require'
      return isRequire ? { specifier: textOf(firstArgument(node)), kind: 'lazy' } : undefined
    }
    case 'NewExpression': {
      const specifier = textOf(firstArgument(node))
      const isUrl = isNode(node.callee) && node.callee.name === 'URL'
      const isCode = isUrl && specifier !== undefined && /^\.{1,2}\/.*\.[cm]?[jt]sx?$/.test(specifier)
      return isCode ? { specifier, kind: 'lazy' } : undefined
    }
    default:
      return undefined
  }
}

function firstArgument(node: Node): unknown {
  return Array.isArray(node.arguments) ? node.arguments[0] : undefined
}

function textOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see)
  } else if (isNode(value)) {
    see(value)
    for (const child of Object.values(value)) if (typeof child === 'object') visit(child, see)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
