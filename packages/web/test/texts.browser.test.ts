import { expect, test } from 'bun:test'
import { troubleOf } from './browsers.ts'
import { composer, expectTexts, message, sees, sidewaysPx } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

const naughty = [
  '<script>document.title="owned"</script>',
  '<img src=x onerror=\'document.title="owned"\'> &amp; &lt;b&gt;',
  'שלום <b>עולם</b> abc \u202eevil\u202c end',
  '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u{1d54f} Z͑ͫ̓ͪ̂ͫ̽͏̴̙a̴̹l̶g̵o',
  '  leading,   inner\tand\n\n  trailing  ',
  'javascript:alert(1) {{7*7}} $' + '{7*7} %s %00 \u200b\ufeff',
  `${'wide'.repeat(200)}`,
]

test('[WEB20] [WEB24] naughty texts come back byte for byte, run nothing and break no layout', async () => {
  const [ada, ben] = [await world.person('Ada'), await world.person('<b>Ben</b>')]
  const id = await world.conversation(ada, { kind: 'group', name: '<i>"\'&', memberIds: [ben.id] })
  const narrow = { viewport: { width: 360, height: 740 }, path: `/c/${id}` }
  const adas = await world.open({ as: ada, ...narrow })
  const bens = await world.open({ as: ben, ...narrow })
  const trouble = [troubleOf(adas), troubleOf(bens)]
  for (const [index, text] of naughty.entries()) {
    await composer(adas).fill(text)
    await composer(adas).press('Enter')
    await bens.locator('[data-message-text]').nth(index).waitFor()
  }
  await expectTexts(bens, naughty)
  await expectTexts(adas, naughty)

  for (const page of [adas, bens]) {
    expect(await sidewaysPx(page)).toBe(0)
    expect(await page.title()).not.toContain('owned')
    expect(await page.locator('[data-message] :is(script, img, b, i)').count()).toBe(0)
  }
  await bens.getByRole('link', { name: 'Back to conversations' }).click()
  await bens.getByRole('navigation', { name: 'Conversations' }).getByText('<i>"\'&').waitFor()
  expect(trouble).toEqual([[], []])
  await world.leave(adas, bens)
})

test('[WEB21] an address in a message is a link that tells its target nothing', async () => {
  const ada = await world.person('Ada Two')
  const id = await world.conversation(ada, { kind: 'direct', memberIds: [ada.id] })
  const page = await world.open({ as: ada, path: `/c/${id}` })
  const text = 'see https://example.org/a?b=c, not javascript:alert(1)'
  await composer(page).fill(text)
  await composer(page).press('Enter')
  await sees(page, text)
  const links = message(page, text).getByRole('link')
  expect(await links.count()).toBe(1)
  expect(await links.getAttribute('href')).toBe('https://example.org/a?b=c')
  expect(await links.getAttribute('rel')).toContain('noopener noreferrer')
  await world.leave(page)
})
