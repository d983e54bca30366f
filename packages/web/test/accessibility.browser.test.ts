import { beforeAll, expect, test } from 'bun:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import type { Person } from './people.ts'
import { choose, composer, message, messageRow, sees, sidewaysPx } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()
let ada: Person
let group: string
let marked: string
let invitation: string
beforeAll(async () => {
  ada = await world.person('Ada Example')
  const ben = await world.person('Ben Example')
  group = await world.conversation(ada, { kind: 'group', name: 'Book club', memberIds: [ben.id] })
  await world.conversation(ben, {
    kind: 'channel',
    name: 'general',
    visibility: 'public',
    memberIds: [],
  })
  const rowing = await world.conversation(ben, { kind: 'group', name: 'Rowing', memberIds: [] })
  const made = await world.call(ben, 'POST', `/api/v1/conversations/${rowing}/invitations`, {})
  invitation = z.object({ token: z.string() }).parse(made).token
  const direct = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  await world.send(ben, direct, 'Unread, with a link: https://example.org')
  await world.send(ben, group, 'Which book is it?')
  const spam = await world.send(ben, group, 'Buy my watches')
  const report = `/api/v1/conversations/${group}/messages/${spam}/report`
  await world.call(ada, 'POST', report, { reason: 'spam', note: 'The third one today' })
  await world.send(ada, group, 'The one about https://example.org/relays')
  marked = await world.conversation(ben, { kind: 'group', name: 'Marks', memberIds: [ada.id] })
  const asked = await world.send(ben, marked, 'Which book is it, @ada_example?', {
    priority: 'high',
  })
  const messages = `/api/v1/conversations/${marked}/messages`
  await world.call(ada, 'PUT', `${messages}/${asked}/reactions/${encodeURIComponent('👍')}`)
  await world.call(ben, 'PUT', `${messages}/${asked}/reactions/${encodeURIComponent('🎉')}`)
  await world.call(ben, 'PUT', `${messages}/${asked}/pin`)
  await world.send(ada, marked, 'A long answer, so that its quote has room', { replyToSeq: asked })
  await world.call(ada, 'POST', messages, {
    clientId: 'forwarded',
    forward: { conversationId: marked, seq: asked },
  })
})

/** Axe's findings that keep somebody out: told by rule and element. */
async function violations(page: Page, options: axe.RunOptions): Promise<string[]> {
  // Into the page by the debugger, past its policy, which allows no foreign script.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const results = await page.evaluate(async (wanted) => {
    const { violations: found } = await window.axe.run(document, { ...wanted, resultTypes: ['violations'] })
    return found.flatMap(({ id, impact, nodes }) =>
      nodes.map((node) => ({ id, impact, html: node.html.slice(0, 160), why: node.failureSummary })),
    )
  }, options)
  return results
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, html, why }) => `${id}: ${html} ${why}`)
}

declare global {
  interface Window {
    axe: typeof axe
  }
}

const screens: { name: string; path: () => string; as?: true; ready: (page: Page) => Promise<unknown> }[] = [
  { name: 'public', path: () => '/', ready: (page) => page.getByLabel('Email').waitFor() },
  {
    name: 'code',
    path: () => '/',
    ready: async (page) => {
      await page.getByLabel('Email').fill('axe@example.org')
      await page.getByLabel('Email').press('Enter')
      await page.getByLabel('Six-digit code').waitFor()
    },
  },
  {
    name: 'password and the other ways',
    path: () => '/?error=TOKEN_EXPIRED',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Use a password' }).click()
      await page.getByRole('button', { name: 'Make an account' }).waitFor()
    },
  },
  {
    name: 'sign up',
    path: () => '/',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Use a password' }).click()
      await page.getByRole('button', { name: 'Make an account' }).click()
      await page.getByLabel('Your name').waitFor()
    },
  },
  {
    name: 'a new password',
    path: () => '/reset-password#token=any',
    ready: (page) => page.getByRole('textbox', { name: 'New password' }).waitFor(),
  },
  {
    name: 'an invitation',
    path: () => `/join#${invitation}`,
    as: true,
    ready: (page) => page.getByRole('button', { name: 'Join' }).waitFor(),
  },
  {
    name: 'list',
    path: () => '/',
    as: true,
    ready: (page) => page.getByRole('navigation', { name: 'Conversations' }).waitFor(),
  },
  {
    name: 'conversation',
    path: () => `/c/${group}`,
    as: true,
    ready: (page) => sees(page, 'Which book is it?'),
  },
  {
    name: 'members',
    path: () => `/c/${group}`,
    as: true,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Details' }).click()
      await page.getByRole('dialog').getByText('@ben').waitFor()
    },
  },
  {
    name: 'a message with all its marks',
    path: () => `/c/${marked}`,
    as: true,
    ready: async (page) => {
      await message(page, 'A long answer, so that its quote has room')
        .locator('[data-quote] bdi')
        .first()
        .waitFor()
      await messageRow(page, 'Which book is it, @ada_example?').getByRole('button', { name: '👍 1' }).focus()
      await composer(page).press('Alt+i')
      await composer(page).fill('@b')
      await page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'the menu of a message',
    path: () => `/c/${group}`,
    as: true,
    ready: async (page) => {
      await message(page, 'Which book is it?').hover()
      await messageRow(page, 'Which book is it?').getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: 'Reply' }).waitFor()
    },
  },
  {
    name: 'the choice of emojis',
    path: () => `/c/${group}`,
    as: true,
    ready: async (page) => {
      await choose(page, 'Which book is it?', 'More emojis')
      await page.getByRole('searchbox', { name: 'Find an emoji' }).waitFor()
    },
  },
  {
    name: 'forwarding',
    path: () => `/c/${group}`,
    as: true,
    ready: async (page) => {
      await choose(page, 'Which book is it?', 'Forward…')
      await page.getByRole('searchbox', { name: 'Find a conversation' }).waitFor()
    },
  },
  {
    name: 'pins',
    path: () => `/c/${marked}`,
    as: true,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Pinned messages' }).click()
      await page.getByRole('button', { name: 'Unpin' }).waitFor()
    },
  },
  {
    name: 'new',
    path: () => '/new',
    as: true,
    ready: async (page) => {
      await page.getByRole('combobox').fill('ben')
      await page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'channels',
    path: () => '/channels',
    as: true,
    ready: (page) => page.getByRole('button', { name: 'Join general' }).waitFor(),
  },
  {
    name: 'account',
    path: () => '/account',
    as: true,
    ready: async (page) => {
      await page.getByText('This device').waitFor()
      await page.getByRole('button', { name: 'Turn it on' }).click()
      await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
    },
  },
  {
    name: 'administration',
    path: () => '/administration',
    as: true,
    ready: async (page) => {
      await page.getByLabel('Addresses of some domains').check()
      await page.getByRole('button', { name: 'Make an invitation' }).click()
      await page
        .getByRole('button', { name: /^Revoke/ })
        .first()
        .waitFor()
    },
  },
  {
    name: 'accounts',
    path: () => '/administration/accounts',
    as: true,
    ready: async (page) => {
      await page.getByText('Suspended', { exact: true }).click()
      await page.getByText('Nobody fits.').waitFor()
      await page.getByText('Everybody', { exact: true }).click()
      await page.getByRole('button', { name: 'Suspend…: Ben Example' }).click()
      await page.getByRole('textbox', { name: 'Why' }).waitFor()
    },
  },
  {
    name: 'reports',
    path: () => '/administration/reports',
    as: true,
    ready: (page) => page.getByRole('button', { name: /^Remove the message/ }).waitFor(),
  },
  {
    name: 'audit log',
    path: () => '/administration/audit',
    as: true,
    ready: (page) => page.getByRole('list', { name: 'Audit log' }).getByRole('listitem').first().waitFor(),
  },
  {
    name: 'undelivered',
    path: () => '/administration/mails',
    as: true,
    ready: (page) => page.getByText('Nothing was given up.').waitFor(),
  },
  {
    name: 'a report',
    path: () => `/c/${group}`,
    as: true,
    ready: async (page) => {
      await choose(page, 'Buy my watches', 'Report…')
      await page.getByRole('button', { name: 'Report', exact: true }).waitFor()
    },
  },
  { name: 'profile', path: () => '/profile', as: true, ready: (page) => page.getByLabel('Handle').waitFor() },
]

// The themes differ in their colours alone, so the second is asked about nothing else.
const themes: { colorScheme: 'light' | 'dark'; asked: axe.RunOptions }[] = [
  { colorScheme: 'light', asked: {} },
  { colorScheme: 'dark', asked: { runOnly: ['color-contrast'] } },
]
const sights = [360, 1_440].flatMap((width) => themes.map((theme) => ({ width, ...theme })))

test.each(screens)(
  '[WEB23] [WEB24] axe finds nothing serious on $name, narrow and wide, light and dark',
  async (screen) => {
    const page = await world.open({
      path: screen.path(),
      ...(screen.as && { as: ada }),
      viewport: { width: 360, height: 800 },
    })
    await screen.ready(page)
    for (const { width, colorScheme, asked } of sights) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.waitForFunction(() =>
        document.getAnimations().every(({ playState }) => playState !== 'running'),
      )
      const found = await violations(page, asked)
      const sideways = await sidewaysPx(page)
      expect({ width, colorScheme, found, sideways }).toEqual({ width, colorScheme, found: [], sideways: 0 })
    }
    await world.leave(page)
  },
)
