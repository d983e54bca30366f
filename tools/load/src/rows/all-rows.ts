import { accountAnswers } from './account-answers.ts'
import { channel } from './channel.ts'
import { clusterConnections, clusterFanOut, clusterReads, clusterSends, secondNode } from './cluster.ts'
import { connectionsInGroups, connectionsInPairs } from './connections.ts'
import { durableSends } from './durable-sends.ts'
import { fanOut } from './fan-out.ts'
import { flood } from './flood.ts'
import { history } from './history.ts'
import { latency } from './latency.ts'
import { resume } from './resume.ts'
import type { Row } from './row.ts'
import { signOut } from './sign-out.ts'
import { start } from './start.ts'

export const allRows: readonly Row[] = [
  fanOut,
  durableSends,
  latency,
  connectionsInGroups,
  connectionsInPairs,
  resume,
  start,
  history,
  channel,
  flood,
  accountAnswers,
  clusterSends,
  secondNode,
  clusterFanOut,
  clusterReads,
  clusterConnections,
  signOut,
]
