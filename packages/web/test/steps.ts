import { expect } from 'bun:test'
import type { Locator, Page } from 'playwright-core'

/** What a person does and sees, in words; each waits for what it names. */

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
export const messages = (page: Page): Locator => page.locator('[data-message]')
export const message = (page: Page, text: string): Locator =>
  messages(page).filter({ has: textOf(page, text) })
/** Not where it is quoted. */
const textOf = (page: Page, text: string): Locator =>
  page.locator('[data-message-text]').and(page.getByText(text, { exact: true }))
export const row = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').filter({ hasText: name })

/** The whole row of a message: what stands around its bubble too. */
export const messageRow = (page: Page, text: string): Locator =>
  page.locator('article').filter({ has: textOf(page, text) })

/** What has the focus. */
export const focused = (page: Page): Locator => page.locator(':focus')

/** Opens a message's menu as a mouse does, and chooses. */
export async function choose(page: Page, text: string, item: string): Promise<void> {
  await message(page, text).hover()
  await messageRow(page, text).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

export const sees = (page: Page, text: string): Promise<void> => message(page, text).waitFor()

/** Waits until a message of one's own bears the mark. */
export const isMarked = (
  page: Page,
  text: string,
  delivery: 'sending' | 'failed' | 'sent' | 'delivered' | 'read',
): Promise<void> => message(page, text).locator(`[data-delivery=${delivery}]`).waitFor()

export async function startDirect(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'New conversation' }).first().click()
  await page.getByRole('combobox', { name: 'Find a person' }).fill(name)
  await page.getByRole('option', { name }).click()
  await page.getByRole('heading', { name, level: 2 }).waitFor()
}

/** Waits until the conversation is scrolled to its very end. */
export async function isAtEnd(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const list = document.querySelector('[data-timeline]')
    return list !== null && list.scrollHeight - list.clientHeight - list.scrollTop < 2
  })
}

/** How many pixels the page is wider than the window. */
export const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

export async function expectTexts(page: Page, texts: string[]): Promise<void> {
  const shown = page.locator('[data-message-text]')
  // The list takes what is above the view out of the page while it scrolls down, and puts it back.
  await page
    .waitForFunction(
      (wanted) =>
        JSON.stringify(
          [...document.querySelectorAll('[data-message-text]')].map((one) => one.textContent),
        ) === JSON.stringify(wanted),
      texts,
    )
    // In vain: then the comparison tells what was there instead.
    .catch(() => undefined)
  expect(await shown.allTextContents()).toEqual(texts)
}
