import { test } from 'bun:test'
import type { Page } from 'playwright-core'
import { meet } from './meet.ts'
import { composer, row } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

/** How others see Ada, on the face beside her name. */
const adaIs = (page: Page, status: string) =>
  row(page, 'Ada Example').locator(`[data-presence=${status}]`).waitFor()

async function pair() {
  const [ada, ben] = [await world.person('Ada Example'), await world.person('Ben Example')]
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const adas = await world.open({ as: ada, path: '/profile' })
  const bens = await world.open({ as: ben, path: `/c/${id}` })
  await adaIs(bens, 'online')
  return { adas, bens, id, ada }
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
