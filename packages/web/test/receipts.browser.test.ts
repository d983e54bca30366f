import { expect, test } from 'bun:test'
import { meet } from './meet.ts'
import { choose, isMarked, message, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB14] [WEB45] sent, delivered and read are told apart, and who has read and reacted is named with times', async () => {
  const { adas, bens, ada, ben, id } = await meet(world, 'Receipts', ['Hello'])
  const cy = await world.person('Cy Example')
  await world.call(ada, 'PUT', `/api/v1/conversations/${id}/members/${cy.id}`, {})
  await bens.goto(world.server.url)
  await write(adas, 'Who is there?')
  // Ben's page has it and doesn't show it; Cy has no page.
  await isMarked(adas, 'Who is there?', 'sent')

  await choose(adas, 'Who is there?', 'Info')
  const panel = adas.getByRole('dialog', { name: 'About this message' })
  const group = (name: string) => panel.getByRole('region', { name })
  await group('Delivered to').getByText('Ben Example').waitFor()
  await group('Not delivered yet').getByText('Cy Example').waitFor()

  // It follows what happens meanwhile.
  await bens.goto(`${world.server.url}/c/${id}`)
  await group('Read by').getByText('Ben Example').waitFor()
  expect(await group('Read by').getByRole('listitem').textContent()).toMatch(/\d{2}:\d{2}/)
  const cys = await world.open({ as: cy })
  await group('Delivered to').getByText('Cy Example').waitFor()
  const seq = await message(adas, 'Who is there?').locator('xpath=ancestor::article').getAttribute('data-seq')
  const reaction = `/api/v1/conversations/${id}/messages/${seq}/reactions/${encodeURIComponent('🎉')}`
  for (const by of [ben, cy]) await world.call(by, 'PUT', reaction)
  await group('Reacted with 🎉').getByText('Ben Example').waitFor()
  await group('Reacted with 🎉').getByText('Cy Example').waitFor()
  await adas.keyboard.press('Escape')
  await isMarked(adas, 'Who is there?', 'delivered')
  await cys.goto(`${world.server.url}/c/${id}`)
  await isMarked(adas, 'Who is there?', 'read')
  await world.leave(adas, bens, cys)
})

test('[WEB45] a long list of who reacted comes in parts', async () => {
  const { adas, bens, id, firstSeq } = await meet(world, 'Crowd', ['Shall we?'])
  // The server's parts, made small on their way.
  await adas.route(/\/reactions\/.*limit=100/, async (route) => {
    const url = route.request().url()
    await route.continue({ url: url.replace('limit=100', 'limit=1') })
  })
  const reaction = `/api/v1/conversations/${id}/messages/${firstSeq}/reactions/${encodeURIComponent('🎉')}`
  for (const name of ['Ada Example', 'Ben Example'])
    await world.call(await world.person(name), 'PUT', reaction)
  await choose(adas, 'Shall we?', 'Info')
  const people = adas.getByRole('region', { name: 'Reacted with 🎉' }).getByRole('listitem')
  await people.getByText('Ada Example').waitFor()
  expect(await people.count()).toBe(1)
  await adas.getByRole('button', { name: 'Show more' }).click()
  await people.getByText('Ben Example').waitFor()
  await adas.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
  await world.leave(adas, bens)
})
