import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, withoutRateLimits } from './browsers.ts'
import { call, makeConversation, makePerson, type Person, sendMessage } from './people.ts'
import { openSeverable } from './severable.ts'
import { composer, isAtEnd, isMarked, row, sees, write } from './steps.ts'

/*
 * Takes the pictures of docs/screenshots from a real server with a few people in it, and those of every
 * other screen when a folder is named:
 *
 *   bun packages/web/test/screenshots.ts [folder]
 */
const committed = join(import.meta.dir, '../../../docs/screenshots')
const [folder] = process.argv.slice(2)

using cable = openSeverable()
await using server = await startServer({ ...withoutRateLimits, CORS_ORIGINS: cable.url })
cable.leadTo(server.url)
const browser = await launchBrowser()

const people = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson', 'Barbara Liskov', 'Alan Turing']
const made: Person[] = []
for (const name of people) made.push(await makePerson(server, name))
const [ada, grace, katherine, barbara, alan] = made
if (!ada || !grace || !katherine || !barbara || !alan) throw new Error('somebody is missing')

async function converse(id: string, lines: [by: Person, text: string][]) {
  for (const [by, text] of lines) await sendMessage(server, by, id, text)
  return id
}

const notes = await makeConversation(server, ada, { kind: 'direct', memberIds: [ada.id] })
await converse(notes, [[ada, 'Buy punch cards']])
const withAlan = await makeConversation(server, ada, { kind: 'direct', memberIds: [alan.id] })
await converse(withAlan, [
  [alan, 'Have you read the paper?'],
  [ada, 'Twice. Page four still puzzles me.'],
])
const general = await makeConversation(server, barbara, {
  kind: 'channel',
  name: 'general',
  topic: 'Everything, and what is left over',
  visibility: 'public',
  memberIds: [ada.id, alan.id, grace.id],
})
await converse(general, [[barbara, 'The new machine is up. Be gentle.']])
await makeConversation(server, katherine, {
  kind: 'channel',
  name: 'proofs',
  topic: 'Induction, refinement, and what was left to the reader',
  visibility: 'public',
  memberIds: [barbara.id],
})
const team = await makeConversation(server, grace, {
  kind: 'group',
  name: 'Compiler team',
  memberIds: [ada.id, katherine.id, barbara.id],
})
await converse(team, [
  [grace, 'The nightly build went through in 41 minutes.'],
  [grace, 'The new cache halves it. Figures: https://ci.example.org/runs/2211?tab=timing'],
  [katherine, 'I checked them by hand. They hold.'],
  [ada, 'Lovely. Who looks at the linker next?'],
  [barbara, 'I will. It hides its representation well enough that nothing else should notice.'],
])
const withGrace = await makeConversation(server, ada, { kind: 'direct', memberIds: [grace.id] })
await converse(withGrace, [
  [grace, 'We found a moth in relay 70. I taped it into the log book, page 92.'],
  [ada, 'Ha! Bring it along on Monday?'],
  [ada, 'I’ll make tea. And the plan for the week:\n  1. compiler\n  2. linker\n  3. lunch'],
  [
    grace,
    'Deal. Are you around this afternoon? I want to show somebody the delivery proof who has not seen it yet.',
  ],
  [ada, 'From three o’clock, yes.'],
  [grace, 'Perfect.'],
])
const messages = `/api/v1/conversations/${team}/messages`
const react = (by: Person, seq: number, emoji: string) =>
  call(server, by.token, 'PUT', `${messages}/${seq}/reactions/${encodeURIComponent(emoji)}`)
const trajectory = await sendMessage(server, katherine, team, 'The trajectory is in, too.')
await call(server, grace.token, 'PUT', `${messages}/${trajectory}/pin`)
for (const by of [ada, grace, barbara]) await react(by, trajectory, '🎉')
await react(barbara, trajectory, '👀')
await sendMessage(server, grace, team, 'Then @ada_lovelace and I check it tonight.', {
  replyToSeq: trajectory,
})
await sendMessage(server, katherine, team, 'Have a look when you can.')

const sizes = { phone: { width: 360, height: 740 }, desk: { width: 1_440, height: 900 } }
type Size = keyof typeof sizes
type Scheme = 'light' | 'dark'
interface Shot {
  name: string
  path: string
  as?: Person
  act?: (page: Page) => Promise<unknown>
  after?: () => void
}

async function take({ name, path, as, act, after }: Shot, size: Size, colorScheme: Scheme, into: string) {
  const options = {
    ...(as && { as }),
    path,
    viewport: sizes[size],
    colorScheme,
    reducedMotion: 'reduce',
  } as const
  const page = await openPage(browser, cable.url, options)
  await page.waitForLoadState('networkidle')
  await act?.(page)
  await page.mouse.move(0, 0)
  if (path.startsWith('/c/')) await isAtEnd(page)
  await page.screenshot({ path: join(into, `${name}-${size}-${colorScheme}.png`) })
  await page.context().close()
  after?.()
}

const conversation: Shot = {
  name: 'conversation',
  path: `/c/${withGrace}`,
  as: ada,
  act: async (page) => {
    await sees(page, 'Perfect.')
    await graces.bringToFront()
    await composer(graces).fill('And ')
    await page.getByText('Grace Hopper is typing…').waitFor()
  },
}
const group: Shot = {
  name: 'group',
  path: `/c/${team}`,
  as: ada,
  act: (page) => sees(page, 'The trajectory is in, too.'),
}
const list: Shot = { name: 'list', path: '/', as: ada, act: (page) => row(page, 'Compiler team').waitFor() }
const publicPage: Shot = { name: 'public', path: '/' }

// Grace is there, has read all, and types.
const graces = await openPage(browser, server.url, { as: grace, path: `/c/${withGrace}` })
const katherines = await openPage(browser, server.url, { as: katherine })
await sees(graces, 'Perfect.')

await take(publicPage, 'desk', 'light', committed)
await take(list, 'phone', 'light', committed)
await take(conversation, 'desk', 'light', committed)
await composer(graces).fill('')
await take(conversation, 'phone', 'dark', committed)
await take(group, 'desk', 'dark', committed)

if (folder) {
  await mkdir(folder, { recursive: true })
  const newcomer = await makePerson(server, 'Newcomer')
  const rest: Shot[] = [
    publicPage,
    {
      name: 'code',
      path: '/',
      act: async (page) => {
        await page.getByLabel('Email').fill('somebody@example.org')
        await page.getByLabel('Email').press('Enter')
        await page.getByLabel('Six-digit code').pressSequentially('123')
      },
    },
    list,
    { ...group, act: (page) => sees(page, 'Have a look when you can.') },
    {
      name: 'members',
      path: `/c/${team}`,
      as: ada,
      act: async (page) => {
        await page.getByRole('button', { name: 'Details' }).click()
        await page.getByRole('dialog').getByText('Owner').waitFor()
      },
    },
    { name: 'empty', path: '/', as: newcomer },
    {
      name: 'new-direct',
      path: '/new',
      as: ada,
      act: async (page) => {
        await page.getByRole('combobox').fill('a')
        await page.getByRole('option').first().waitFor()
      },
    },
    {
      name: 'new-channel',
      path: '/new',
      as: ada,
      act: (page) => page.getByText('Channel', { exact: true }).click(),
    },
    { name: 'channels', path: '/channels', as: ada, act: (page) => page.getByText('proofs').waitFor() },
    { name: 'profile', path: '/profile', as: ada },
    {
      name: 'offline',
      path: `/c/${withAlan}`,
      as: ada,
      act: async (page) => {
        await sees(page, 'Have you read the paper?')
        cable.cut()
        await page.getByText('You’re offline.').waitFor()
        await write(page, 'Written on the train')
        await isMarked(page, 'Written on the train', 'sending')
      },
      after: () => cable.mend(),
    },
  ]
  for (const shot of rest)
    for (const size of ['phone', 'desk'] as const)
      for (const scheme of ['light', 'dark'] as const) await take(shot, size, scheme, folder)
}

await Promise.all([graces.context().close(), katherines.context().close()])
await browser.close()
