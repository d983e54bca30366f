import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { fewNaughtyStrings, naughtyStrings } from '../../server/test/naughty-strings.ts'
import { troubleOf } from './browsers.ts'
import { expectTexts, sidewaysPx } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

/** As narrow as a phone, and so high that the list takes nothing out of the page. */
const strip = { viewport: { width: 360, height: 6_000 } }
const atOnce = 30

/** Whatever a text could do: run, ask, go somewhere, or fetch something from elsewhere. */
function harmOf(page: Page): string[] {
  const harm = troubleOf(page)
  page.on('dialog', (dialog) => {
    harm.push(`a dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('popup', (opened) => harm.push(`a window: ${opened.url()}`))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== world.server.url) harm.push(`asked: ${request.url()}`)
  })
  return harm
}

/** Elements and attributes that nothing of ours puts where texts stand. */
const foreignIn = (page: Page): Promise<number> =>
  page
    .locator(
      '[data-message-text] :not(a, span), :is(main, nav) :is(script, iframe, object, embed, base, meta, style, link), [onerror], [onload], [onclick]',
    )
    .count()

test('[WEB20] [WEB24] every naughty text is shown as it was sent, runs nothing and breaks no row', async () => {
  const [ada, ben] = [await world.person('Ada'), await world.person('Ben')]
  const chunks = Array.from({ length: Math.ceil(naughtyStrings.length / atOnce) }, (_, index) =>
    naughtyStrings.slice(index * atOnce, (index + 1) * atOnce),
  )
  const page = await world.open({ as: ben, ...strip })
  const harm = harmOf(page)
  for (const chunk of chunks) {
    const id = await world.conversation(ada, { kind: 'group', name: 'Texts', memberIds: [ben.id] })
    for (const text of chunk) await world.send(ada, id, text)
    await page.goto(`${world.server.url}/c/${id}`)
    await expectTexts(page, chunk)
    expect(await sidewaysPx(page)).toBe(0)
    expect(await foreignIn(page)).toBe(0)
    expect(await page.title()).not.toContain('owned')

    const shown = await page.locator('[data-message-text]').evaluateAll((texts) =>
      texts.map((text) => {
        const { height, right } = text.getBoundingClientRect()
        const line = Number.parseFloat(getComputedStyle(text).lineHeight)
        return { lines: Math.round(height / line), right, clips: getComputedStyle(text).overflowY }
      }),
    )
    for (const [index, { lines, right, clips }] of shown.entries()) {
      const text = chunk[index] ?? ''
      // Some letters are as wide as a line, and no line is empty that wasn't sent so.
      const linesMax = [...text].length / 4 + (text.match(/[\n\r\u0085\u2028\u2029\v\f]/g)?.length ?? 0) + 3
      expect({ text, fits: lines <= linesMax && right <= strip.viewport.width, clips }).toEqual({
        ...{ text, fits: true },
        // Marks that pile up stay within their own message.
        clips: 'clip',
      })
    }
  }
  expect(harm).toEqual([])
  await world.leave(page)
}, 60_000)

test('[WEB20] [WEB24] whatever conversations are called, each has its name and one row of one height', async () => {
  const ada = await world.person('Ada Names')
  const wanted = ['Plain', ...naughtyStrings]
  for (const name of wanted) await world.conversation(ada, { kind: 'group', name, memberIds: [] })
  const page = await world.open({ as: ada, viewport: { width: 360, height: 740 } })
  const harm = harmOf(page)
  const rows = page.locator('[data-conversation-row]')
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-conversation-row]').length === count,
    wanted.length,
  )
  const shown = await rows.evaluateAll((all) =>
    all.map((row) => ({
      name: row.querySelector('bdi')?.textContent,
      height: row.getBoundingClientRect().height,
    })),
  )
  expect(shown.map(({ name }) => name).sort()).toEqual([...wanted].sort())
  expect([...new Set(shown.map(({ height }) => height))]).toHaveLength(1)
  expect(await sidewaysPx(page)).toBe(0)
  expect(await foreignIn(page)).toBe(0)
  expect(harm).toEqual([])
  await world.leave(page)
}, 60_000)

test('[WEB20] [WEB24] whatever a person calls themselves, others see the name, and nothing happens', async () => {
  const [ada, ben] = [await world.person('Ada Person'), await world.person('Ben Person')]
  const id = await world.conversation(ada, { kind: 'group', name: 'A group', memberIds: [ben.id] })
  await world.send(ben, id, 'Hello')
  const page = await world.open({ as: ada, viewport: { width: 360, height: 740 }, path: `/c/${id}` })
  const harm = harmOf(page)
  const author = page.locator('article h3 bdi')
  for (const name of fewNaughtyStrings((text) => text.length < 100)) {
    await world.call(ben, 'PATCH', '/api/v1/me', { name })
    await page.waitForFunction(
      (wanted) => document.querySelector('article h3 bdi')?.textContent === wanted,
      name,
    )
    expect(await author.textContent()).toBe(name)
    expect(await sidewaysPx(page)).toBe(0)
  }
  expect(await foreignIn(page)).toBe(0)
  expect(harm).toEqual([])
  await world.leave(page)
})
