import { join } from 'node:path'

/** What the reference shows, in its order: public types by file, with the comments that they bear. */
const shown: readonly (readonly [file: string, names: readonly string[]])[] = [
  ['connect', ['connect']],
  ['options', ['ConnectOptions', 'Edges', 'Socket', 'Log']],
  [
    'chat',
    [
      'Chat',
      'ChatEvents',
      'ConversationSummary',
      'ConversationHandle',
      'MessageContent',
      'Sending',
      'ConversationInput',
    ],
  ],
  ['status', ['Status']],
  ['timeline', ['Timeline', 'TimelineWindow', 'TimelineItem', 'SentItem', 'PendingItem']],
  ['delivery', ['Delivery']],
  ['list', ['Page']],
  ['value', ['Value']],
  ['until', ['until', 'Waiting']],
  ['storage', ['ChatStorage', 'StorageKind']],
  [
    'local-store',
    [
      'LocalStore',
      'StoredCopy',
      'CopyState',
      'KeptConversation',
      'CopyWrite',
      'ConversationWrite',
      'KeptPage',
    ],
  ],
  ['local-conversation', ['LocalConversation', 'Folding', 'Snapshot', 'Count']],
  ['outbox-store', ['OutboxStore', 'OutboxEntry']],
  ['draft-store', ['DraftStore', 'Draft']],
  ['tabs', ['Tabs', 'Lead', 'TabChannel']],
  ['bun/sqlite-storage', ['openSqliteStorage', 'SqliteStorage']],
  ['connection-lost', ['ConnectionLost']],
  ['dropped', ['Dropped']],
  ['clock', ['Clock']],
]

const begin = '<!-- The reference below is written by packages/client/scripts/write-reference.ts -->'
const docsPath = join(import.meta.dir, '../../../docs/sdk.md')

/** The page with its reference as the types are now. */
export async function writtenPage(): Promise<string> {
  const page = await Bun.file(docsPath).text()
  const sections = await Promise.all(shown.map(([file, names]) => section(file, names)))
  return `${page.slice(0, page.indexOf(begin))}${begin}\n\n${sections.join('\n')}`
}

export const presentPage = (): Promise<string> => Bun.file(docsPath).text()

async function section(file: string, names: readonly string[]): Promise<string> {
  const source = await Bun.file(join(import.meta.dir, `../src/${file}.ts`)).text()
  const declarations = names.map((name) => declaration(source, name))
  return `### \`@confab/client/${file}\`\n\n\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\`\n`
}

/** An exported declaration with its comment: a type whole, of a function what a caller sees. */
function declaration(source: string, name: string): string {
  const lines = source.split('\n')
  const at = lines.findIndex((line) =>
    new RegExp(`^export (interface|type|class|function) ${name}\\b`).test(line),
  )
  if (at < 0) throw new Error(`no exported ${name}`)
  const comment = lines[at - 1]?.endsWith('*/')
    ? lines.slice(0, at).findLastIndex((line) => /^\/\*\*/.test(line))
    : at
  const kind = lines[at]?.split(' ')[1]
  const last = lines.findIndex((line, index) => index >= at && line === (kind === 'type' ? '' : '}'))
  // Each way to call it is a line.
  const isWay = (line: string) => line.startsWith(`export function ${name}`) && !line.endsWith('(')
  const ways = lines.slice(at).findIndex((line) => !isWay(line))
  const end = kind === 'function' ? at + ways : kind === 'type' ? last : last + 1
  const shown = lines.slice(comment, end).join('\n')
  return kind === 'function' ? shown.replace(/ \{$/, '') : shown
}

if (import.meta.main) await Bun.write(docsPath, await writtenPage())
