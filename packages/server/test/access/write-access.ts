import { join } from 'node:path'
import { type Answers, everyStranger, strangers } from './answers.ts'
import { callRows } from './call-rows.ts'
import { namedRows, type OperationRows } from './row.ts'
import { restTables } from './rows.ts'

const pagePath = join(import.meta.dir, '../../../../docs/access.md')

/** The table for people, as the rows have it. */
export function writtenPage(): string {
  const kinds = everyStranger.map((who) => `| ${who} | ${strangers[who]} |`)
  const sections = Object.entries({ ...restTables, 'Calls of the socket': callRows }).map(
    ([title, table]) => `## ${title}\n\n${tableOf(table)}`,
  )
  return `# Who is answered what

Every operation, and every kind of stranger who may come to its door. This page is written by \`bun packages/server/test/access/write-access.ts\` out of the rows that the tests run (ACCESS1 to ACCESS5 in [spec/access.md](spec/access.md)): over REST, over a socket, and over a stream with calls. An operation without a row fails them.

| who comes | is |
|---|---|
${kinds.join('\n')}

\`yes\` is done. A number is the status of the refusal; over a socket that of its word. To who may not see a conversation it is missing (404), whatever they ask of it. Where a request has a session, a token or a link of its own to prove it, the row says what is asked with. Conversations are private groups where the row says nothing else; what each role may is in [spec/permissions.md](spec/permissions.md).

${sections.join('\n\n')}
`
}

export const presentPage = (): Promise<string> => Bun.file(pagePath).text()

function tableOf(table: OperationRows): string {
  const head = ['operation', 'asked for', ...everyStranger]
  const lines = namedRows(table).map(({ operation, what = '', answers }) => [
    `\`${operation}\``,
    what,
    ...cellsOf(answers),
  ])
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const cellsOf = (answers: Answers) => everyStranger.map((who) => String(answers[who]))

if (import.meta.main) await Bun.write(pagePath, writtenPage())
