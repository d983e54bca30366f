import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStaticFiles } from './static-files.ts'

const scratch = mkdtempSync(join(tmpdir(), 'confab-static-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const script = `console.log('${'x'.repeat(2_000)}')`

function open({ built = true } = {}) {
  const folder = mkdtempSync(join(scratch, 'dist-'))
  const build = (page: string, modifiedAt: number) => {
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, 'assets/app-1a2b.js'), script)
    writeFileSync(join(folder, 'icon.png'), new Uint8Array(2_000))
    writeFileSync(join(folder, 'sw.js'), `// for ${page}`)
    writeFileSync(join(folder, 'index.html'), page)
    utimesSync(join(folder, 'index.html'), modifiedAt, modifiedAt)
  }
  if (built) build('<title>first</title>', 1_000)
  const files = openStaticFiles({
    folder,
    immutablePath: '/assets/',
    contentSecurityPolicy: "default-src 'none'",
    missingPage: 'not built',
  })
  const get = (path: string, init?: RequestInit) => files.answer(new Request(`http://localhost${path}`, init))
  return { get, build }
}

test('[PAGE1] a path that names no file is answered with the index page; one with an extension is not', async () => {
  const { get } = open()
  for (const path of ['/', '/index.html', '/conversations/17', '/channels']) {
    expect(await get(path)?.text()).toBe('<title>first</title>')
  }
  expect(get('/assets/gone.js')).toBeUndefined()
  expect(get('/favicon.ico')).toBeUndefined()
  expect(get('/', { method: 'POST' })).toBeUndefined()
})

test('[PAGE2] a file whose name holds its hash is kept for ever; the index page is asked for again', () => {
  const { get } = open()
  expect(get('/assets/app-1a2b.js')?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  for (const path of ['/', '/sw.js']) expect(get(path)?.headers.get('cache-control')).toBe('no-cache')
  const etag = get('/')?.headers.get('etag') ?? ''
  expect(get('/', { headers: { 'If-None-Match': etag } })?.status).toBe(304)
  expect(get('/', { headers: { 'If-None-Match': '"other"' } })?.status).toBe(200)
})

test('[PAGE3] what shrinks is sent compressed to those who take it', async () => {
  const { get } = open()
  const bytes = async (path: string, encoding: string) => {
    const answer = get(path, { headers: { 'Accept-Encoding': encoding } })
    return { encoding: answer?.headers.get('content-encoding'), bytes: await answer?.bytes() }
  }
  const plain = await bytes('/assets/app-1a2b.js', '')
  expect(plain).toEqual({ encoding: null, bytes: new TextEncoder().encode(script) })
  const gzip = await bytes('/assets/app-1a2b.js', 'gzip, br;q=0')
  expect(gzip.encoding).toBe('gzip')
  expect(Bun.gunzipSync(Uint8Array.from(gzip.bytes ?? []))).toEqual(new TextEncoder().encode(script))
  expect((await bytes('/assets/app-1a2b.js', 'gzip, deflate, br')).encoding).toBe('br')
  expect((await bytes('/icon.png', 'gzip, br')).encoding).toBeNull()
})

test('[PAGE4] each answer says what a page may do', () => {
  const { get } = open()
  for (const path of ['/', '/assets/app-1a2b.js']) {
    expect(get(path)?.headers.get('content-security-policy')).toBe("default-src 'none'")
  }
})

test('[PAGE5] HEAD answers as GET, without the body', async () => {
  const { get } = open()
  const head = get('/', { method: 'HEAD' })
  expect(head?.headers.get('content-length')).toBe('20')
  expect(await head?.text()).toBe('')
})

test('[PAGE6] no path leaves the folder', () => {
  const { get } = open()
  for (const path of ['/assets/../../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%ff.js']) {
    expect(get(path)).toBeUndefined()
  }
})

test('[PAGE7] without a build one page says so, and a build is served as soon as it is there', async () => {
  const { get, build } = open({ built: false })
  expect(get('/')?.status).toBe(503)
  expect(await get('/conversations')?.text()).toBe('not built')
  build('<title>second</title>', 2_000)
  expect(await get('/')?.text()).toBe('<title>second</title>')
  expect(await get('/sw.js')?.text()).toBe('// for <title>second</title>')
  build('<title>third</title>', 3_000)
  // Asked for by itself, as a browser does while a page stays open.
  expect(await get('/sw.js')?.text()).toBe('// for <title>third</title>')
  expect(await get('/')?.text()).toBe('<title>third</title>')
})
