import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openSeverable } from './severable.ts'
import { composer, expectTexts, isMarked, row, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const cable = openSeverable()
const world = testWorld({ CORS_ORIGINS: cable.url })
beforeAll(() => cable.leadTo(world.server.url))
afterAll(() => cable[Symbol.dispose]())

test('[WEB18] [WEB49] [WEB50] who is cut off goes on writing, sends it once when back, and catches up', async () => {
  const [ada, ben] = [await world.person('Ada'), await world.person('Ben')]
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const path = `/c/${id}`
  const adasPage = await world.open({ as: ada, path })
  const bensPage = await world.open({ url: cable.url, as: ben, path })
  await write(adasPage, 'before')
  await sees(bensPage, 'before')

  cable.cut()
  await bensPage.getByText('You’re offline.').waitFor()
  await write(bensPage, 'written offline')
  await write(bensPage, 'and more')
  await isMarked(bensPage, 'and more', 'sending')
  // [WEB50] The banner counts what waits, and the list shows it.
  await bensPage.getByText('2 messages wait to be sent.').waitFor()
  await row(bensPage, 'Ada').locator('[data-pending]').getByText('and more').waitFor()
  await write(adasPage, 'meanwhile')
  await isMarked(adasPage, 'meanwhile', 'sent')

  cable.mend()
  await sees(bensPage, 'meanwhile')
  await isMarked(bensPage, 'and more', 'read')
  await sees(adasPage, 'and more')
  await bensPage.getByText('You’re offline.').waitFor({ state: 'detached' })
  const all = ['before', 'meanwhile', 'written offline', 'and more']
  await expectTexts(adasPage, all)
  await expectTexts(bensPage, all)

  // As the server has it, in a fresh profile.
  const fresh = await world.open({ as: ben, path })
  await sees(fresh, 'and more')
  await expectTexts(fresh, all)
  await world.leave(adasPage, bensPage, fresh)
})

test('[WEB18] what is written offline outlives a closed tab; [WEB19] so does a draft', async () => {
  const [ada, ben] = [await world.person('Ada Two'), await world.person('Ben Two')]
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const path = `/c/${id}`
  const page = await world.open({ url: cable.url, as: ben, path })
  await composer(page).waitFor()
  cable.cut()
  await page.getByText('You’re offline.').waitFor()
  await write(page, 'from a closed tab')
  await isMarked(page, 'from a closed tab', 'sending')
  await composer(page).fill('not yet finished')
  await isKept(page, 'not yet finished')
  await page.close()

  cable.mend()
  const again = await page.context().newPage()
  await again.goto(cable.url + path)
  await isMarked(again, 'from a closed tab', 'sent')
  expect(await composer(again).inputValue()).toBe('not yet finished')
  await expectTexts(again, ['from a closed tab'])
  await world.leave(again)
})

test('[WEB50] “Retry now” tries at once, though the next try is far away', async () => {
  const ada = await world.person('Ada Three')
  const page = await world.open({ as: ada })
  let isBlocked = false
  await page.routeWebSocket(/\/api\/v1\/ws/, (socket) => {
    if (isBlocked) void socket.close()
    else {
      const upstream = socket.connectToServer()
      sockets.push(() => Promise.all([upstream.close(), socket.close()]))
    }
  })
  const sockets: (() => Promise<unknown>)[] = []
  await page.goto(world.server.url)
  await page.getByRole('link', { name: 'Your profile' }).getByRole('img', { name: 'Online' }).waitFor()
  // From here on no timer fires: nothing is tried by itself.
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  isBlocked = true
  for (const close of sockets) await close()
  await page.getByText('You’re offline.').waitFor()
  isBlocked = false
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.getByText('You’re offline.').waitFor({ state: 'detached' })
  await world.leave(page)
})

/** In the copy that the browser keeps: who closes the tab sooner may lose it. */
async function isKept(page: Page, text: string): Promise<void> {
  await page.waitForFunction(async (wanted) => {
    const answer = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name))
      const stores = [...database.objectStoreNames]
      const read = stores.map((store) => answer(database.transaction(store).objectStore(store).getAll()))
      const all = await Promise.all(read)
      database.close()
      if (JSON.stringify(all).includes(wanted)) return true
    }
    return false
  }, text)
}
