import { keyOf, type MovedTable, type Row } from './moved-table.ts'
import { movedTables } from './moved-tables.ts'
import { conversationNumberMax, MoveRefused, type Side } from './side.ts'

/** Looks through the source before a move begins: what is refused then leaves nothing to be undone. */
export async function requireAllMovable(source: Side, target: Side): Promise<void> {
  for (const table of movedTables) {
    const row = await source.immovable(table)
    if (row) requireMovable(table, row, target)
  }
}

/** What the target's engine can't hold is refused by its place. */
export function requireMovable(table: MovedTable, row: Row, { engine }: Side): void {
  const place = () => `${table.name} ${JSON.stringify(keyOf(table, row))}`
  if (engine === 'sqlite') {
    if (table.name === 'conversations' && Number(row.num) > conversationNumberMax)
      throw new MoveRefused(`${place()}: its number is larger than SQLite can keep`)
    return
  }
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'string' && value.includes('\0'))
      throw new MoveRefused(
        `${place()}: ${column} holds a NUL, which PostgreSQL can't keep; take it out there`,
      )
  }
}
