import { expect, test } from 'bun:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { Person } from './people.ts'
import { expectTexts, isMarked, message, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

/** Ada has written to Ben, who has read it and has the conversation open. */
async function bensPage(name: string, texts: string[]) {
  const [ada, ben] = [await world.person('Ada'), await world.person('Ben')]
  const id = await world.conversation(ada, { kind: 'group', name, memberIds: [ben.id] })
  for (const text of texts) await world.send(ada, id, text)
  await world.call(ben, 'PUT', `/api/v1/conversations/${id}/read`, { seq: 1_000 })
  const path = `/c/${id}`
  const page = await world.open({ as: ben, path })
  await sees(page, texts.at(-1) ?? '')
  return { id, ada, ben, page, context: page.context(), path }
}

/** The program still comes from the server, since nothing else serves it; all that it asks for is refused. */
async function cutOff(context: BrowserContext): Promise<void> {
  await context.route('**/api/**', (route) => route.abort())
  await context.routeWebSocket('**/api/**', (socket) => socket.close())
}

async function readToTheBeginning(page: Page): Promise<void> {
  await page.locator('[data-timeline]').hover()
  while (!(await message(page, 'number 0').isVisible())) await page.mouse.wheel(0, -2_000)
}

/** Waits until so many messages lie on disk: a page that ends before has them from the server again. */
async function isKept(page: Page, count: number): Promise<void> {
  // Asked again and again from here: `waitForFunction` takes a promise for a yes.
  while ((await page.evaluate(messagesOnDisk)) !== count);
}

/** Runs in the page. */
const messagesOnDisk = () =>
  new Promise<number>((resolve) => {
    const opening = indexedDB.open(`confab copy ${location.origin}`)
    opening.onsuccess = () => {
      const counting = opening.result.transaction('messages').objectStore('messages').count()
      counting.onsuccess = () => {
        opening.result.close()
        resolve(counting.result)
      }
    }
  })

async function textsAt(person: Person, id: string): Promise<string[]> {
  const page = await world.call(person, 'GET', `/api/v1/conversations/${id}/messages`)
  const items: unknown = Reflect.get(Object(page), 'items')
  return Array.isArray(items) ? items.map((message) => message.text) : []
}

test('[WEB60] a page that is loaded without the server shows what was there, and sends what is written once', async () => {
  const texts = Array.from({ length: 60 }, (_, n) => `number ${n}`)
  const { id, ada, page, context } = await bensPage('Offline', texts)
  // Up to the beginning, so that it is kept.
  await readToTheBeginning(page)
  await isKept(page, texts.length)
  await cutOff(context)
  await page.reload()
  await sees(page, 'number 59')
  await readToTheBeginning(page)
  await page.reload()
  await write(page, 'written offline')
  await isMarked(page, 'written offline', 'sending')
  await page.reload()
  await isMarked(page, 'written offline', 'sending')
  expect(await textsAt(ada, id)).toHaveLength(50)

  await context.unrouteAll()
  await page.reload()
  await isMarked(page, 'written offline', 'sent')
  expect((await textsAt(ada, id)).slice(-2)).toEqual(['number 59', 'written offline'])
  await context.close()
})

test('[WEB61] of two tabs one sends for both; closed while it sends, it leaves that to the other', async () => {
  const { id, ada, page: first, context, path } = await bensPage('Two tabs', ['hello'])
  const sent: string[] = []
  await context.routeWebSocket('**/api/**', (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const isSend = String(frame).includes('"message.send"')
      if (isSend) sent.push(String(frame))
      // What the first tab sends is lost.
      if (!isSend || sent.length > 1) server.send(frame)
    })
  })
  await first.reload()
  await sees(first, 'hello')
  const second = await context.newPage()
  await second.goto(world.server.url + path)
  await sees(second, 'hello')

  await write(second, 'from the second tab')
  await isMarked(second, 'from the second tab', 'sending')
  await isMarked(first, 'from the second tab', 'sending')
  await first.close()
  await isMarked(second, 'from the second tab', 'sent')
  await expectTexts(second, ['hello', 'from the second tab'])
  expect(await textsAt(ada, id)).toEqual(['hello', 'from the second tab'])
  expect(sent).toHaveLength(2)
  await context.close()
})

test('[WEB62] what is begun on one device stands in the composer of the other', async () => {
  const { ben, page, context, path } = await bensPage('Two devices', ['hello'])
  const phone = await world.open({ as: ben, path })
  const field = (one: typeof page) => one.getByRole('textbox', { name: 'Message', exact: true })
  await field(page).fill('begun here')
  await phone.waitForFunction(() => document.querySelector('textarea')?.value === 'begun here')
  await field(phone).press('Enter')
  await sees(page, 'begun here')
  await page.waitForFunction(() => document.querySelector('textarea')?.value === '')
  await Promise.all([context, phone.context()].map((one) => one.close()))
})
