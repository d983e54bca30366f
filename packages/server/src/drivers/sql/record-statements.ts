import type { Database } from 'bun:sqlite'

/** What was asked of a database, for tests of what things cost. */
export interface RecordedStatements {
  /** Everything that was run, each text once. */
  texts(): string[]
  /** Forgets how often, and how many rows came back, so far. */
  reset(): void
  readonly runs: number
  readonly rows: number
}

const ways = ['all', 'get', 'run', 'values'] as const

/** From now on each statement that is prepared on the database is counted when it is run. */
export function recordStatements(database: Database): RecordedStatements {
  const texts = new Set<string>()
  let [runs, rows] = [0, 0]

  function note(text: string, result: unknown) {
    texts.add(text)
    runs++
    rows += Array.isArray(result) ? result.length : 1
  }

  for (const make of ['prepare', 'query'] as const) {
    const original = database[make].bind(database)
    Object.defineProperty(database, make, {
      value: (text: string) => {
        const statement: object = original(text)
        for (const way of ways) {
          const run: unknown = Reflect.get(statement, way)
          if (typeof run !== 'function') continue
          const counted = (...values: unknown[]) => {
            const result: unknown = Reflect.apply(run, statement, values)
            note(text, result)
            return result
          }
          Object.defineProperty(statement, way, { value: counted, configurable: true })
        }
        return statement
      },
    })
  }

  return {
    texts: () => [...texts],
    reset() {
      ;[runs, rows] = [0, 0]
    },
    get runs() {
      return runs
    },
    get rows() {
      return rows
    },
  }
}
