import { join } from 'node:path'

/** What a row needs to be there beforehand; see `confab seed`. */
export interface PopulationSize {
  users: number
  conversations: number
  members: number
  messages: number
  /** Members of a public channel more, the last of the conversations. */
  channel?: number
  /** How many of each conversation's members have sent; all without it. */
  senders?: number
}

/** People and conversations, filled in once and copied for each run. */
export interface Population {
  /** Confab's data folder, not to be written to. */
  folder: string
  users: { id: string; token: string; userRev: number }[]
  conversations: { id: string; head: number; members: number[] }[]
  /** The conversations of a user and their heads. */
  cursorsOf(user: number): ReadonlyMap<string, number>
}

/** Runs `confab seed` into a new folder. */
export async function seedPopulation(
  size: PopulationSize,
  { root, folder, serverEnv }: { root: string; folder: string; serverEnv: Record<string, string> },
): Promise<Population> {
  const out = join(folder, 'seeded.json')
  const data = join(folder, 'data')
  const words = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = Bun.spawn([process.execPath, 'packages/server/src/main.ts', 'seed', ...words, '--out', out], {
    cwd: root,
    env: { ...process.env, ...serverEnv, DATA_DIR: data },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said, complained] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (child.exitCode !== 0) throw new Error(`seed ended (${child.exitCode}):\n${said}${complained}`)
  const { users, conversations } = (await Bun.file(out).json()) as Pick<Population, 'users' | 'conversations'>

  const cursors = users.map(() => new Map<string, number>())
  for (const { id, head, members } of conversations) {
    for (const member of members) cursors[member]?.set(id, head)
  }
  return { folder: data, users, conversations, cursorsOf: (user) => cursors[user] ?? new Map() }
}
