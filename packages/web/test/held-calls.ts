import type { Page } from 'playwright-core'

/** What a page calls by one method, which can be kept from the server for a while. */
export interface HeldCalls {
  /** How many calls there were so far. */
  count: number
  hold(): void
  /** Lets through what was held, and what comes. */
  release(): void
}

/** For a page that is loaded anew afterwards: a socket that is open already goes its own way. */
export async function holdCalls(page: Page, method: string): Promise<HeldCalls> {
  let isHolding = false
  const held: (() => void)[] = []
  const calls: HeldCalls = {
    count: 0,
    hold() {
      isHolding = true
    },
    release() {
      isHolding = false
      for (const send of held.splice(0)) send()
    },
  }
  await page.routeWebSocket(/\/api\/v1\/ws/, (socket) => {
    const upstream = socket.connectToServer()
    socket.onMessage((frame) => {
      const isCall = String(frame).includes(`"method":"${method}"`)
      if (isCall) calls.count++
      if (isCall && isHolding) held.push(() => upstream.send(frame))
      else upstream.send(frame)
    })
  })
  return calls
}
