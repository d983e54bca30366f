import { afterAll, afterEach, beforeAll } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, newContext, type PageOptions, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { call, mailedCode, makeConversation, makePerson, type Person, sendMessage } from './people.ts'

/**
 * What the tests of a file share: a server, and a browser whose profiles are lent out one after the other.
 */
export interface World {
  readonly server: TestServer
  /**
   * A page in a profile that nobody has used, as far as any page can tell. Motion is off unless asked for.
   */
  open(options?: WorldPageOptions): Promise<Page>
  /** Ends with a page that did as it should; one that is left open belongs to a test that failed. */
  leave(...pages: Page[]): Promise<void>
  person(name: string): Promise<Person>
  /** By REST, as the rest is. */
  conversation(by: Person, wanted: Record<string, unknown>): Promise<string>
  send(
    by: Person,
    conversationId: string,
    text: string,
    more?: { replyToSeq?: number; priority?: 'high' },
  ): Promise<number>
  call(by: Person, method: string, path: string, body?: unknown): Promise<unknown>
  mailedCode(email: string): Promise<string>
}

interface WorldPageOptions extends PageOptions {
  /** By another way than the server's own address. */
  url?: string
}

/** To be called where a file begins; `settings` are the server's. */
export function testWorld(settings: Record<string, string> = {}): World {
  let server: TestServer | undefined
  let browser: Browser | undefined
  const profiles = new Profiles(() => started(browser))
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([
      startServer({ ...withoutRateLimits, ...settings }),
      launchBrowser(),
    ])
  })
  afterEach(explainFailure)
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })
  return {
    get server() {
      return started(server)
    },
    async open({ as, path = '/', url = started(server).url, ...options } = {}) {
      const context = await profiles.take({ reducedMotion: 'reduce', ...options })
      if (as) await context.addCookies([{ ...as.cookie, url }])
      const page = await context.newPage()
      await page.goto(url + path)
      return page
    },
    async leave(...pages) {
      await Promise.all(pages.map((page) => profiles.giveBack(page)))
    },
    person: (name) => makePerson(started(server), name),
    conversation: (by, wanted) => makeConversation(started(server), by, wanted),
    send: (by, id, text, more) => sendMessage(started(server), by, id, text, more),
    call: (by, method, path, body) => call(started(server), by.token, method, path, body),
    mailedCode: (email) => mailedCode(started(server), email),
  }
}

/**
 * A context that was used is emptied of all that a page can read, and used again: only what the browser
 * keeps of the program itself stays, by which a page opens in 0.3 s instead of 0.9.
 */
class Profiles {
  readonly #browser: () => Browser
  readonly #idle = new Map<string, BrowserContext[]>()
  readonly #lent = new WeakMap<BrowserContext, string>()

  constructor(browser: () => Browser) {
    this.#browser = browser
  }

  async take(options: Omit<PageOptions, 'as' | 'path'>): Promise<BrowserContext> {
    const kind = JSON.stringify(options)
    const context = this.#idle.get(kind)?.pop() ?? (await newContext(this.#browser(), options))
    this.#lent.set(context, kind)
    return context
  }

  async giveBack(page: Page): Promise<void> {
    const context = page.context()
    const kind = this.#lent.get(context)
    // Of several pages in one profile the last brings it back.
    if (kind === undefined || context.pages().length > 1) return page.close()
    const { origin } = new URL(page.url())
    const debug = await context.newCDPSession(page)
    // Off its origin first: a page that still runs could write.
    await page.goto('about:blank')
    await debug.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await context.clearCookies()
    await context.clearPermissions()
    await context.unrouteAll()
    await page.close()
    this.#idle.set(kind, [...(this.#idle.get(kind) ?? []), context])
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the world begins with the first test')
  return part
}
