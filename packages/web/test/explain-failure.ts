import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** The last of what a page said, enough to see how it came to where it stands. */
const linesMax = 200
const open = new Map<Page, string[]>()
let folder: string | undefined

/** Notes what happens in a page from now on, until it is closed. */
export function watchPage(page: Page): void {
  const lines: string[] = []
  const begun = performance.now()
  const note = (line: string) => {
    lines.push(`${((performance.now() - begun) / 1_000).toFixed(2)} s  ${line}`)
    if (lines.length > linesMax) lines.shift()
  }
  open.set(page, lines)
  page.on('close', () => open.delete(page))
  page.on('console', (message) => note(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => note(`thrown: ${error.stack ?? error.message}`))
  page.on('crash', () => note('the page crashed'))
  page.on('domcontentloaded', () => note('the document is there'))
  page.on('requestfailed', (request) => note(`failed: ${request.url()} ${request.failure()?.errorText}`))
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()}: ${response.url()}`)
  })
  page.on('websocket', (socket) => {
    note('socket: opening')
    socket.on('framesent', ({ payload }) => note(`socket > ${String(payload).slice(0, 120)}`))
    socket.on('framereceived', ({ payload }) => note(`socket < ${String(payload).slice(0, 120)}`))
    socket.on('close', () => note('socket: closed'))
  })
}

/**
 * For `afterEach`: a test closes its pages when all went well, so a page that is still open belongs to one
 * that failed. A picture of it, what it said, and its socket's frames go to the output before it is closed.
 */
export async function explainFailure(): Promise<void> {
  for (const [page, lines] of [...open]) {
    folder ??= mkdtempSync(join(tmpdir(), 'confab-failed-'))
    const picture = join(folder, `${crypto.randomUUID()}.png`)
    const taken = await page.screenshot({ path: picture, timeout: 5_000 }).then(
      () => picture,
      (cause: unknown) => `no picture: ${cause}`,
    )
    process.stderr.write(`\nleft open: ${page.url()}\n${taken}\n${lines.join('\n')}\n`)
    await page.context().close()
  }
}
