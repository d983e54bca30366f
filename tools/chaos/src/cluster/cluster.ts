import type { Engine, EngineName } from '../../../load/src/engines/engine.ts'
import type { Served } from '../served.ts'
import type { FaultyLink } from './faulty-link.ts'

/** How long faults last, in milliseconds. */
export interface ClusterLengths {
  pause: number
  down: number
  cut: number
}

/** A node, and its own way to each engine. */
export interface Node {
  served: Served
  links: Record<EngineName, FaultyLink>
}

export interface Cluster {
  /** Sign-in, calls and sockets, behind the proxy. */
  chats: [Node, Node]
  /** Jobs and mail. */
  jobs: Node
  /** Kafka where it can be had. */
  engines: Record<Exclude<EngineName, 'kafka'>, Engine> & { kafka: Engine | undefined }
}
