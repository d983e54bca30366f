import { test } from 'bun:test'
import type { Page } from 'playwright-core'
import { composer, expectTexts, isMarked, message, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld({ TEXT_MAX: '20' })

/** The page believes in a higher bound than the server's, so that there is something to refuse. */
async function misinformed(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/v1\/ws/, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((frame) =>
      socket.send(String(frame).replace('"textCodePoints":20', '"textCodePoints":5000')),
    )
  })
}

test('[WEB27] a refused message says so, may be tried again or discarded, and holds nothing up', async () => {
  const ada = await world.person('Ada')
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ada.id] })
  const page = await world.open({ as: ada })
  await misinformed(page)
  await page.goto(`${world.server.url}/c/${id}`)
  const long = 'longer than this server takes'
  await write(page, long)
  await isMarked(page, long, 'failed')
  await write(page, 'short')
  await isMarked(page, 'short', 'sent')

  await page.getByRole('alert').getByText('Not sent').waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await isMarked(page, long, 'failed')
  await page.getByRole('button', { name: 'Discard' }).click()
  await message(page, long).waitFor({ state: 'detached' })
  await expectTexts(page, ['short'])
  await world.leave(page)
})

test('[WEB28] the composer counts down near the server’s limit, and holds a text that is too long', async () => {
  const ada = await world.person('Ada Two')
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ada.id] })
  const page = await world.open({ as: ada, path: `/c/${id}` })
  // Counted in code points, as the server does: one for an emoji.
  await composer(page).fill('🙂'.repeat(18))
  await page.getByText('2 left').waitFor()
  await composer(page).fill('x'.repeat(21))
  await page.getByText('1 too many').waitFor()
  await page.getByRole('button', { name: 'Send' }).and(page.locator(':disabled')).waitFor()
  await composer(page).press('Enter')
  await composer(page).fill('fits')
  await composer(page).press('Enter')
  await sees(page, 'fits')
  await expectTexts(page, ['fits'])
  await world.leave(page)
})
