import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { meet } from './meet.ts'
import { openSeverable } from './severable.ts'
import { composer, row } from './steps.ts'
import { testWorld } from './world.ts'

const cable = openSeverable()
const world = testWorld({ CORS_ORIGINS: cable.url })
beforeAll(() => cable.leadTo(world.server.url))
afterAll(() => cable[Symbol.dispose]())

/** How others see Ada, on the face beside her name. */
const adaIs = (page: Page, status: string) =>
  row(page, 'Ada Example').locator(`[data-presence=${status}]`).waitFor()

async function pair() {
  const [ada, ben] = [await world.person('Ada Example'), await world.person('Ben Example')]
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const adas = await world.open({ as: ada, path: '/profile' })
  const bens = await world.open({ as: ben, path: `/c/${id}` })
  await adaIs(bens, 'online')
  return { adas, bens, id, ada, ben }
}

test('[WEB46] one chooses how one is seen, on all devices, and sees it oneself', async () => {
  const { adas, bens, ada } = await pair()
  const phone = await world.open({ as: ada, path: '/profile' })
  const choice = (page: Page, name: string) => page.getByRole('radio', { name, exact: true })
  await adas.getByText('Busy', { exact: true }).click()
  await adaIs(bens, 'busy')
  await bens.getByRole('main').getByText('Busy', { exact: true }).waitFor()
  await choice(phone, 'Busy').and(phone.locator(':checked')).waitFor()

  await adas.getByText('Invisible', { exact: true }).click()
  await bens.getByRole('main').getByText('Last seen just now').waitFor()
  await row(bens, 'Ada Example').locator('[data-presence]').waitFor({ state: 'detached' })
  await adas.getByRole('link', { name: 'Your profile' }).getByRole('img', { name: 'Invisible' }).waitFor()
  await choice(phone, 'Invisible').and(phone.locator(':checked')).waitFor()

  await adas.getByText('Online', { exact: true }).click()
  await adaIs(bens, 'online')
  await world.leave(adas, bens, phone)
})

test('[WEB47] who does nothing for ten minutes is away, and back at the next sign of life; busy stays busy', async () => {
  const { adas, bens } = await pair()
  await adas.clock.install()
  await adas.reload()
  await adas.getByRole('radio', { name: 'Online', exact: true }).waitFor()
  await adaIs(bens, 'online')
  await adas.clock.fastForward('10:01')
  await adaIs(bens, 'away')
  await adas.mouse.move(50, 50)
  await adaIs(bens, 'online')

  await adas.getByText('Busy', { exact: true }).click()
  await adaIs(bens, 'busy')
  await adas.clock.fastForward('10:01')
  await adas.mouse.move(90, 90)
  await adas.getByText('Online', { exact: true }).click()
  await adaIs(bens, 'online')
  await world.leave(adas, bens)
})

test('[WEB47] … and invisible, chosen elsewhere, stays invisible where an idle page heard nothing of it', async () => {
  const { adas: phone, bens, ada, ben } = await pair()
  const desk = await world.open({ as: ada, url: cable.url })
  await desk.clock.install()
  await desk.reload()
  const ownDot = (name: string) =>
    desk.getByRole('link', { name: 'Your profile' }).getByRole('img', { name }).waitFor()
  await ownDot('Online')
  cable.cut()
  await desk.getByText('You’re offline.').waitFor()
  await phone.getByText('Invisible', { exact: true }).click()
  await row(bens, 'Ada Example').locator('[data-presence]').waitFor({ state: 'detached' })
  await desk.clock.fastForward('10:01')
  const told = whenToldOfItself(desk)
  cable.mend()
  await desk.clock.fastForward('01:00')
  await told
  const seen = await world.call(ben, 'GET', `/api/v1/presence?userIds=${ada.id}`)
  expect(seen).toMatchObject({ items: [{ status: 'offline' }] })
  await ownDot('Invisible')
  await world.leave(phone, bens, desk)
})

/** The server's answer to what the page says of its presence over its next socket. */
const whenToldOfItself = (page: Page) =>
  new Promise<void>((resolve) => {
    page.on('websocket', (socket) => {
      const said = new Set<unknown>()
      socket.on('framesent', ({ payload }) => {
        const { method, id } = JSON.parse(String(payload))
        if (method === 'presence.set') said.add(id)
      })
      socket.on('framereceived', ({ payload }) => {
        if (said.has(JSON.parse(String(payload)).id)) resolve()
      })
    })
  })

test('[WEB16] several who type are named, and stop being named', async () => {
  const { adas, bens, ada, id } = await meet(world, 'Typists', ['Hello'])
  const cy = await world.person('Cy Example')
  await world.call(ada, 'PUT', `/api/v1/conversations/${id}/members/${cy.id}`, {})
  const cys = await world.open({ as: cy, path: `/c/${id}` })
  await composer(bens).pressSequentially('Well')
  await adas.locator('[data-typing]').getByText('Ben Example is typing…').waitFor()
  await composer(cys).pressSequentially('I')
  await adas.locator('[data-typing]').getByText('Ben Example and Cy Example are typing…').waitFor()
  await composer(bens).press('Enter')
  await adas.locator('[data-typing]').getByText('Cy Example is typing…').waitFor()
  await world.leave(adas, bens, cys)
})
