import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { startServer } from '../../server/test/start-server.ts'
import { PublicPage } from '../src/screens/sign-in/public-page.tsx'
import { launchBrowser, withoutRateLimits } from './browsers.ts'

/*
 * Measures what docs/decisions/0005 claims: the first paint of the public page as built, beside the same
 * page rendered by its script alone; and what rendering it for each request would cost the server.
 *
 *   NODE_ENV=production bun packages/web/test/first-paint.ts
 */
const rounds = 7
const renders = 5_000

await using server = await startServer(withoutRateLimits)
const browser = await launchBrowser()

/** The same server with the prerendered content taken out of the page. */
const bare = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    const answer = await fetch(server.url + pathname)
    const headers = { 'Content-Type': answer.headers.get('content-type') ?? '', 'Content-Encoding': 'gzip' }
    if (pathname !== '/') return new Response(Bun.gzipSync(await answer.arrayBuffer()), { headers })
    const html = await answer.text()
    const [from, to] = [html.indexOf('<div id="public">'), html.indexOf('<div id="app">')]
    return new Response(Bun.gzipSync(`${html.slice(0, from)}<div id="public"></div>${html.slice(to)}`), {
      headers,
    })
  },
})

/** A phone on a slow network: 150 ms there and back, 1.6 Mbit/s, a quarter of this processor. */
const slowNetwork = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 }

async function firstPaintMs(url: string, { slow }: { slow: boolean }): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  if (slow) {
    const debug = await context.newCDPSession(page)
    await debug.send('Network.emulateNetworkConditions', slowNetwork)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  }
  await page.goto(url)
  const ms = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const [paint] = list.getEntriesByName('first-contentful-paint')
          if (paint) resolve(paint.startTime)
        }).observe({ type: 'paint', buffered: true })
      }),
  )
  await context.close()
  return Math.round(ms)
}

const median = (all: number[]) => all.sort((one, other) => one - other)[all.length >> 1]

for (const slow of [false, true]) {
  const [built, scripted]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    built.push(await firstPaintMs(server.url, { slow }))
    scripted.push(await firstPaintMs(`http://127.0.0.1:${bare.port}`, { slow }))
  }
  say(
    `${slow ? 'slow phone' : 'loopback'}: prerendered ${median(built)} ms, by script ${median(scripted)} ms`,
  )
}

const render = () => renderToString(createElement(PublicPage))
for (let warm = 0; warm < renders / 10; warm++) render()
const startedAt = performance.now()
for (let count = 0; count < renders; count++) render()
say(`rendering it once: ${Math.round(((performance.now() - startedAt) / renders) * 1_000)} µs`)

await browser.close()
await bare.stop(true)

function say(line: string) {
  process.stdout.write(`${line}\n`)
}
