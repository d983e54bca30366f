import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { makeConversation, makePerson } from './people.ts'
import { openSeverable, type Severable } from './severable.ts'
import { composer, expectTexts, isMarked, sees, write } from './steps.ts'

let cable: Severable
let server: TestServer
let adasBrowser: Browser
let bensBrowser: Browser
beforeAll(async () => {
  cable = openSeverable()
  ;[server, adasBrowser, bensBrowser] = await Promise.all([
    startServer({ ...withoutRateLimits, CORS_ORIGINS: cable.url }),
    launchBrowser(),
    launchBrowser(),
  ])
  cable.leadTo(server.url)
})
afterEach(explainFailure)
afterAll(async () => {
  await Promise.all([adasBrowser?.close(), bensBrowser?.close()])
  await server?.[Symbol.asyncDispose]()
  cable?.[Symbol.dispose]()
})

test('[WEB18] who is cut off goes on writing, sends it once when back, and catches up', async () => {
  const [ada, ben] = [await makePerson(server, 'Ada'), await makePerson(server, 'Ben')]
  const id = await makeConversation(server, ada, { kind: 'direct', memberIds: [ben.id] })
  const path = `/c/${id}`
  const adasPage = await openPage(adasBrowser, server.url, { as: ada, path })
  const bensPage = await openPage(bensBrowser, cable.url, { as: ben, path })
  await write(adasPage, 'before')
  await sees(bensPage, 'before')

  cable.cut()
  await bensPage.getByText('You’re offline.').waitFor()
  await write(bensPage, 'written offline')
  await write(bensPage, 'and more')
  await isMarked(bensPage, 'and more', 'sending')
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
  const fresh = await openPage(bensBrowser, server.url, { as: ben, path })
  await sees(fresh, 'and more')
  await expectTexts(fresh, all)
  await Promise.all([adasPage, bensPage, fresh].map((page) => page.context().close()))
})

test('[WEB18] what is written offline outlives a closed tab; [WEB19] so does a draft', async () => {
  const [ada, ben] = [await makePerson(server, 'Ada Two'), await makePerson(server, 'Ben Two')]
  const id = await makeConversation(server, ada, { kind: 'direct', memberIds: [ben.id] })
  const path = `/c/${id}`
  const page = await openPage(bensBrowser, cable.url, { as: ben, path })
  await composer(page).waitFor()
  cable.cut()
  await page.getByText('You’re offline.').waitFor()
  await write(page, 'from a closed tab')
  await isMarked(page, 'from a closed tab', 'sending')
  await composer(page).fill('not yet finished')
  await page.close()

  cable.mend()
  const again = await page.context().newPage()
  await again.goto(cable.url + path)
  await isMarked(again, 'from a closed tab', 'sent')
  expect(await composer(again).inputValue()).toBe('not yet finished')
  await expectTexts(again, ['from a closed tab'])
  await again.context().close()
})
