import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from './check/history.ts'

/**
 * The histories of a run, as the clients wrote them: a file each, first whose it is, then a record a line.
 */
export function readHistories(folder: string): History[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => {
      const [head = '{}', ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
      return { ...JSON.parse(head), records: lines.map((line) => JSON.parse(line)) }
    })
}
