import { expect } from 'bun:test'
import type { Locator, Page } from 'playwright-core'

/** What a person does and sees, in words; each waits for what it names. */

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
export const messages = (page: Page): Locator => page.locator('[data-message]')
export const message = (page: Page, text: string): Locator =>
  messages(page).filter({ has: page.getByText(text, { exact: true }) })
export const row = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').filter({ hasText: name })

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

export const sees = (page: Page, text: string): Promise<void> => message(page, text).waitFor()

/** Waits until a message of one's own bears the mark. */
export const isMarked = (
  page: Page,
  text: string,
  delivery: 'sending' | 'sent' | 'delivered' | 'read',
): Promise<void> => message(page, text).locator(`[data-delivery=${delivery}]`).waitFor()

export async function startDirect(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'New conversation' }).first().click()
  await page.getByRole('combobox', { name: 'Find a person' }).fill(name)
  await page.getByRole('option', { name }).click()
  await page.getByRole('heading', { name, level: 2 }).waitFor()
}

/** Waits until the page's own function says true; `what` tells a failure from another. */
export async function until(page: Page, what: string, condition: () => boolean): Promise<void> {
  await page.waitForFunction(condition).catch((cause: unknown) => {
    throw new Error(`never came: ${what}`, { cause })
  })
}

export async function expectTexts(page: Page, texts: string[]): Promise<void> {
  expect(await page.locator('[data-message-text]').allTextContents()).toEqual(texts)
}
