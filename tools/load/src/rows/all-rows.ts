import { connectionsInGroups, connectionsInPairs } from './connections.ts'
import { durableSends } from './durable-sends.ts'
import { fanOut } from './fan-out.ts'
import { resume } from './resume.ts'
import type { Row } from './row.ts'
import { start } from './start.ts'

export const allRows: readonly Row[] = [
  fanOut,
  durableSends,
  connectionsInGroups,
  connectionsInPairs,
  resume,
  start,
]
