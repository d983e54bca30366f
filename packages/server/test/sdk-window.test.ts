import { afterAll, beforeAll, expect, test } from 'bun:test'
import { signInPeople, startGroup } from './people.ts'
import { become, openChat } from './sdk.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

test('[SDK191] a window on an old part of a real conversation joins the latest; [SDK85] pins come in parts', async () => {
  const [ada, ben] = await signInPeople(server, 'ada', 'ben')
  const { id } = await startGroup(server, ada, [ben])
  await using adas = await openChat(server, ada)
  const atAda = adas.conversation(id)
  const texts = Array.from({ length: 180 }, (_, n) => `m${n}`)
  const stored = await Promise.all(texts.map((text) => atAda.send(text).sent))
  await Promise.all(stored.slice(0, 101).map(({ seq }) => atAda.pin(seq)))

  await using bens = await openChat(server, ben)
  const atBen = bens.conversation(id)
  const window = atBen.around(stored[60]?.seq ?? 0)
  await become(window.timeline, ({ state }) => state === 'ready', 'the window')
  expect(window.timeline.get()).toMatchObject({ hasEarlier: true, hasLater: true })
  for (let tries = 0; window.timeline.get().hasLater && tries < 9; tries++)
    await within(window.loadLater(), 'a later page')
  while (window.timeline.get().hasEarlier) await within(window.loadEarlier(), 'an earlier page')
  expect(window.timeline.get().items.map((item) => item.status === 'sent' && item.message.text)).toEqual(
    texts,
  )

  const pins = await atBen.pins()
  const rest = await pins.more?.()
  expect([pins.items.length, rest?.items.length, rest?.more]).toEqual([100, 1, undefined])
})

test('[SDK180] a draft is at one’s other device, and gone when it is sent there', async () => {
  const [ada, ben] = await signInPeople(server, 'ada', 'ben')
  const { id } = await startGroup(server, ada, [ben])
  await using laptop = await openChat(server, ada)
  await using phone = await openChat(server, ada)
  const [onLaptop, onPhone] = [laptop.conversation(id), phone.conversation(id)]
  onLaptop.setDraft('begun')
  await become(onPhone.draft, (draft) => draft === 'begun', 'the draft')
  await within(onPhone.send('begun').sent, 'the answer')
  await become(onLaptop.draft, (draft) => draft === '', 'the cleared draft')
})
