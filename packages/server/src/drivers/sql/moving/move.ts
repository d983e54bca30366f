import { type Compared, compareTables } from './compare-tables.ts'
import { copyTables } from './copy-tables.ts'
import { type Arriving, knownBy, type Marks, mark, readMarks } from './marks.ts'
import { movedTables } from './moved-tables.ts'
import { requireKnownColumns } from './require-known-columns.ts'
import { requireAllMovable } from './require-movable.ts'
import { MoveRefused, type Side } from './side.ts'

export interface Moving {
  source: Side
  /** Its tables are made by `build`, where it is empty. */
  target: Side
  build(): Promise<void>
  secret: string
  /** Whether that is what the source's own secrets open with, as far as it has any. */
  opens(): Promise<boolean>
  /** What else belongs to it is moved by then. */
  beforeEnd(): Promise<void>
  /** How many rows of a table are copied, or compared, of how many. */
  tell(step: 'copied' | 'compared', table: string, rows: number, total: number): void
  tellEqual(compared: Compared): void
}

/**
 * Moves an installation: copies it, compares all of it, and only then says on either side where it goes on.
 * It may be ended anywhere, and goes on when it is called again.
 *
 * Throws MoveRefused where the two don't fit, at the first call before a row or a word is written on either
 * side (the target may have its tables by then); SidesDiffer where the copy differs.
 */
export async function move(moving: Moving): Promise<void> {
  const { source, target, secret, tell } = moving
  await requireVersion(source)
  await requireKnownColumns(source)
  if (!(await moving.opens()))
    throw new MoveRefused(`SECRET is another one than the server at ${source.place} runs with`)
  const totals = new Map<string, number>()
  for (const table of movedTables) totals.set(table.name, await source.count(table))
  const begun = await begin(moving)
  if (begun === 'all but said') return arrive(target, secret)

  const told = (step: 'copied' | 'compared') => (table: string, rows: number) =>
    tell(step, table, rows, totals.get(table) ?? rows)
  await copyTables({ source, target }, begun, told('copied'))
  await moving.beforeEnd()
  for await (const compared of compareTables({ source, target }, told('compared'))) moving.tellEqual(compared)
  if ((await readMarks(source.statements)).leaving?.move !== begun.move) throw stale(source, target)
  await mark(source.statements, 'left', { move: begun.move, to: target.place }, { no: 'leaving' })
  await arrive(target, secret)
}

/** How far it has come before; for a new move, that nothing is there yet. */
async function begin({ source, target, build, secret }: Moving): Promise<Arriving | 'all but said'> {
  const here = await readMarks(source.statements)
  if (here.arriving)
    throw new MoveRefused(`${source.place} is itself the unfinished target of a migration: finish that first`)
  if (here.arrived && here.arrived.secret !== knownBy(secret))
    throw new MoveRefused(`SECRET is another one than ${source.place} came with`)

  const there = await marksOf(target)
  if (there.arriving) {
    await requireVersion(target)
    await requireKnownColumns(target)
    const { move: name } = there.arriving
    if (here.left?.move === name) return 'all but said'
    if (here.left) throw moved(source, here.left.to)
    if (here.leaving?.move !== name) throw stale(source, target)
    return there.arriving
  }
  if (here.left) throw moved(source, here.left.to)
  await requireEmpty(target)
  await requireAllMovable(source, target)
  await build()
  await requireKnownColumns(target)
  // First here: a target that says so alone would be taken for a stale one.
  const begun: Arriving = { move: Bun.randomUUIDv7(), step: 0, table: null, after: null, rows: 0 }
  await mark(source.statements, 'leaving', { move: begun.move })
  await target.statements.change("DELETE FROM meta WHERE name = 'epoch'")
  await mark(target.statements, 'arriving', begun)
  return begun
}

/** The target says that it is whole; the source has said before that it goes on there. */
const arrive = (target: Side, secret: string): Promise<void> =>
  mark(target.statements, 'arrived', { secret: knownBy(secret) }, { no: 'arriving' })

const stale = (source: Side, target: Side) =>
  new MoveRefused(
    `${target.place} holds a part of another move, or of what ${source.place} was before it was opened again: empty it, and begin anew`,
  )

const moved = (source: Side, to: string) => new MoveRefused(`${source.place} was moved to ${to} already`)

async function marksOf(side: Side): Promise<Marks> {
  return (await side.columns()).has('meta') ? readMarks(side.statements) : {}
}

async function requireVersion(side: Side): Promise<void> {
  const { applied, known } = await side.version()
  if (applied === known) return
  throw new MoveRefused(
    applied < known
      ? `${side.place} is of an earlier version: start this one's server there once, and stop it`
      : `${side.place} is of a newer version: use that one's migrate`,
  )
}

/** Nothing but what a server has made that nobody came to. */
async function requireEmpty(side: Side): Promise<void> {
  const tables = await side.columns()
  for (const { name } of movedTables) {
    if (!tables.has(name)) continue
    const [row] = await side.statements.rows(
      `SELECT 1 AS "found" FROM ${name} ${beginnings[name] ?? ''} LIMIT 1`,
    )
    if (row !== undefined)
      throw new MoveRefused(`${side.place} is not empty (${name}): migrate fills new ones alone`)
  }
}

const beginnings: Record<string, string> = {
  meta: "WHERE name NOT IN ('epoch', 'history')",
  users: 'WHERE created_at > 0',
}
