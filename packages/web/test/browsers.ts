import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { watchPage } from './explain-failure.ts'
import type { Person } from './people.ts'

/** Tests write faster than people do. */
export const withoutRateLimits = { RATE_LIMITS: 'off' }

/** A browser process of its own. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

export interface PageOptions extends BrowserContextOptions {
  /** Signed in as; nobody when left out. */
  as?: Person
  path?: string
}

/** A fresh profile. Nothing in its pages may throw or break the page's policy. */
export async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1_280, height: 800 },
    // A profile that is used again must not bring the program of before,
    // and `route` sees none of its requests.
    serviceWorkers: 'block',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // A refused eval whose error is caught reaches neither the console nor `pageerror` by itself.
      throw new Error(`against the content security policy: ${violatedDirective} ${blockedURI}`)
    })
  })
  context.on('page', watchPage)
  return context
}

/** A page in a fresh profile. */
export async function openPage(
  browser: Browser,
  url: string,
  { as, path = '/', ...options }: PageOptions = {},
): Promise<Page> {
  const context = await newContext(browser, options)
  if (as) await context.addCookies([{ ...as.cookie, url }])
  const page = await context.newPage()
  await page.goto(url + path)
  return page
}

/** What went wrong in a page: thrown errors and breaches of the content security policy. */
export function troubleOf(page: Page): string[] {
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) trouble.push(message.text())
  })
  return trouble
}
