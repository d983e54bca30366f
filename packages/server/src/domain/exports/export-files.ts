import { askedConsent } from '@confab/protocol/consent'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import type { AccountRecord, Identity, SessionRecord } from '../../ports/identity.ts'
import type {
  PersonalPage,
  PersonalPart,
  PersonalPlace,
  PersonalRecords,
} from '../../ports/personal-records.ts'
import { consentText } from '../consent/consents.ts'
import type { Domain } from '../domain.ts'

const pageItems = 500
const agreed = askedConsent.pick({ kind: true, version: true })
/** Of `docs/export.md`: to be raised by a change that a reader of an older one wouldn't bear. */
const exportFormat = { format: 'confab-export', version: 1 } as const

export interface ExportFile {
  name: string
  chunks(): AsyncIterable<string>
}

/** Where an export comes from. */
export type ExportSources = Pick<Domain, 'store' | 'clock' | 'settings'> & {
  personal: PersonalRecords
  identity: Pick<Identity, 'emailOf' | 'account' | 'sessions'>
}

/** What an export is made of, with about so many messages. */
export interface ExportContent {
  files: ExportFile[]
  messages: number
}

/**
 * The files of an export, each written page by page as it is read. Refuses nothing:
 * who is gone has empty ones.
 */
export async function exportFiles(
  { personal, identity, store, clock, settings }: ExportSources,
  userId: UserId,
  { read, signal }: { read: (messages: number) => Promise<void>; signal: AbortSignal },
): Promise<ExportContent> {
  const account = await identity.account(userId)
  const memberships = await store.memberships(userId)
  const writers = new Set<UserId>()

  const part = (name: string, of: PersonalPart): ExportFile =>
    listFile(name, () =>
      pagesOf(signal, (after) =>
        personal.page({ part: of, userId, email: account?.email, after, limit: pageItems }),
      ),
    )
  const messages = (name: string, conversationId: ConversationId | null): ExportFile =>
    listFile(name, async function* () {
      const pages = pagesOf(signal, (after) =>
        personal.messages({ conversationId, userId, after, limit: pageItems }),
      )
      for await (const items of pages) {
        for (const { senderId } of items) writers.add(senderId)
        await read(items.length)
        yield items
      }
    })
  /** Each with the text that was agreed to. */
  async function* consents() {
    const of = { part: 'consents', userId, limit: pageItems } as const
    for await (const items of pagesOf(signal, (after) => personal.page({ ...of, after }))) {
      yield await Promise.all(
        items.map(async (item) => {
          const text = await consentText({ settings }, agreed.parse(item))
          return { ...item, text: text ?? null }
        }),
      )
    }
  }
  async function* people() {
    const all = [...writers]
    for (let from = 0; from < all.length; from += pageItems) {
      const users = await store.users(all.slice(from, from + pageItems))
      yield users.map(({ id, name, handle }) => ({ id, name, handle }))
    }
  }

  const files = [
    objectFile('export.json', async () => ({ ...exportFormat, userId, madeAt: isoTime(clock.now()) })),
    part('profile.json', 'profile'),
    objectFile('account.json', async () => account && toAccount(account)),
    objectFile('sessions.json', async () => (await identity.sessions(userId)).map(toSession)),
    part('security-log.json', 'audit'),
    part('memberships.json', 'memberships'),
    listFile('consents.json', consents),
    part('blocks.json', 'blocks'),
    part('reports.json', 'reports'),
    part('invitations.json', 'invitations'),
    part('reactions.json', 'reactions'),
    part('pins.json', 'pins'),
    part('mails.json', 'mails'),
    ...memberships.map(({ conversationId: id }) => messages(`conversations/${id}.json`, id)),
    messages('written-elsewhere.json', null),
    // The last one: whose words they are is known by then.
    listFile('people.json', people),
  ]
  return { files, messages: memberships.reduce((sum, { head }) => sum + head, 0) }
}

/** A page may take long, and can't be interrupted: `signal` ends the wait for it. */
async function* pagesOf<Item>(
  signal: AbortSignal,
  page: (after: PersonalPlace | undefined) => Promise<PersonalPage<Item>>,
): AsyncGenerator<Item[]> {
  let after: PersonalPlace | undefined
  do {
    const { items, next } = await unlessAborted(signal, () => page(after))
    yield items
    after = next ?? undefined
  } while (after !== undefined)
}

async function unlessAborted<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work(), aborted]).finally(() => signal.removeEventListener('abort', abort))
}

const objectFile = (name: string, content: () => Promise<unknown>): ExportFile => ({
  name,
  async *chunks() {
    yield `${JSON.stringify((await content()) ?? null, null, 2)}\n`
  },
})

/** A JSON array with an item a line. */
const listFile = (name: string, pages: () => AsyncIterable<unknown[]>): ExportFile => ({
  name,
  async *chunks() {
    let before = '[\n'
    for await (const items of pages()) {
      if (items.length === 0) continue
      yield before + items.map((item) => JSON.stringify(item)).join(',\n')
      before = ',\n'
    }
    yield before === '[\n' ? '[]\n' : '\n]\n'
  },
})

const toAccount = ({ createdAt, passkeys, providers, devices, ...account }: AccountRecord) => ({
  ...account,
  createdAt: isoTime(createdAt),
  passkeys: passkeys.map(({ name, createdAt: at }) => ({ name, createdAt: isoTimeOrNull(at) })),
  providers: providers.map(({ createdAt: at, ...one }) => ({ ...one, createdAt: isoTime(at) })),
  devices: devices.map(({ seenAt }) => ({ seenAt: isoTime(seenAt) })),
})

const toSession = ({ sessionId, createdAt, usedAt, network, userAgent }: SessionRecord) => ({
  id: sessionId,
  createdAt: isoTime(createdAt),
  lastUsedAt: isoTime(usedAt),
  network: network ?? null,
  userAgent: userAgent ?? null,
})
