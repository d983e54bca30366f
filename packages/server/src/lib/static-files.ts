import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/**
 * Serves a built single-page app: its files by their names, its index page for every path that names no
 * file, so that the app can read the path itself. Files lie in memory once they have been asked for, each
 * compressed once; a build put in place of another while the server runs is noticed at the next page, or
 * other file whose name doesn't change with it.
 */
export interface StaticFiles {
  /**
   * Undefined for a path that is none of the app's: one with an extension,
   * or another method than GET and HEAD.
   */
  answer(request: Request): Response | undefined
}

export interface StaticFilesOptions {
  folder: string
  /** Beneath this path every file's name changes with its content, so that it may be kept for ever. */
  immutablePath: string
  /** What a browser may load and do on the pages. */
  contentSecurityPolicy: string
  /** The page shown while there is no build. */
  missingPage: string
}

/** For a page that is whole in itself: nothing from elsewhere, nothing inline, framed by nobody. */
export const strictPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

interface File {
  type: string
  etag: string
  plain: Uint8Array<ArrayBuffer>
  gzip?: Uint8Array<ArrayBuffer> | undefined
  brotli?: Uint8Array<ArrayBuffer> | undefined
}

const index = '/index.html'
const compressible = /^(text\/|image\/svg|application\/(json|javascript|manifest))|\+json/
// Below this a header costs more than it saves.
const compressedBytesMin = 512
// Quality 5 takes 15 ms for the app; 11 saves another tenth and takes a second.
const brotliQuality = 5

export function openStaticFiles({
  folder,
  immutablePath,
  contentSecurityPolicy,
  missingPage,
}: StaticFilesOptions): StaticFiles {
  let builtAt = 0
  let names = new Set<string>()
  let files = new Map<string, File>()

  /** Reads the names anew when the index page is another. */
  function look() {
    const modifiedAt = statSync(join(folder, index), { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (modifiedAt === builtAt) return
    builtAt = modifiedAt
    files = new Map()
    names = new Set(modifiedAt === 0 ? [] : filesBelow(folder))
  }

  function read(name: string): File | undefined {
    if (!names.has(name)) return undefined
    const known = files.get(name)
    if (known) return known
    const file = load(join(folder, name))
    files.set(name, file)
    return file
  }

  const pageHeaders = {
    'Content-Security-Policy': contentSecurityPolicy,
  }

  return {
    answer(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
      const name = nameIn(request.url)
      if (name === undefined) return undefined
      const isPage = !/\.[^/]*$/.test(name) || name === index
      const lasting = name.startsWith(immutablePath)
      if (!lasting || names.size === 0) look()
      if (isPage && names.size === 0) {
        return new Response(missingPage, {
          status: 503,
          headers: { ...pageHeaders, 'Content-Type': 'text/html;charset=utf-8', 'Retry-After': '5' },
        })
      }
      const file = read(isPage && !names.has(name) ? index : name)
      if (!file) return undefined
      const headers = new Headers({
        ...pageHeaders,
        'Content-Type': file.type,
        'Cache-Control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
        ETag: file.etag,
        Vary: 'Accept-Encoding',
      })
      if (request.headers.get('if-none-match') === file.etag)
        return new Response(null, { status: 304, headers })
      const body = chooseBody(file, request.headers.get('accept-encoding') ?? '', headers)
      headers.set('Content-Length', String(body.byteLength))
      return new Response(request.method === 'HEAD' ? null : body, { headers })
    },
  }
}

/** The path as a file's name; undefined where it is no well-formed one. */
function nameIn(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return undefined
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/'))
}

function load(path: string): File {
  const plain = Uint8Array.from(readFileSync(path))
  const { type } = Bun.file(path)
  const file = { type, etag: `"${Bun.hash(plain).toString(36)}"`, plain }
  if (plain.byteLength < compressedBytesMin || !compressible.test(type)) return file
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } })
  return { ...file, gzip: Bun.gzipSync(plain), brotli: Uint8Array.from(brotli) }
}

function chooseBody(file: File, accepted: string, headers: Headers): Uint8Array<ArrayBuffer> {
  for (const [encoding, body] of [['br', file.brotli] as const, ['gzip', file.gzip] as const]) {
    if (!body || !accepts(accepted, encoding)) continue
    headers.set('Content-Encoding', encoding)
    return body
  }
  return file.plain
}

const accepts = (header: string, encoding: string) =>
  header.split(',').some((part) => new RegExp(`^\\s*${encoding}\\s*(;(?!\\s*q=0(\\.0*)?\\s*$)|$)`).test(part))
