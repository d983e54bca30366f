import { readdirSync } from 'node:fs'

/**
 * Numbers for Prometheus, in its text format 0.0.4. What can be read when it is asked for costs nothing
 * until then; a histogram counts in place.
 *
 * The format is written here because prom-client takes 33 ms of a start's 350 to load, and its own set of
 * process metrics is mostly zeros on this runtime, with a `Nan` that no scraper reads.
 */
export interface Metrics {
  /** A number that goes up and down, read when it is asked for. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** Such numbers by the value of a label; the values are ours, never a client's. */
  gauges(name: string, help: string, label: string, read: () => Record<string, number>): void
  /** A number that only grows, read when it is asked for. */
  counter(name: string, help: string, read: () => number): void
  /** Such numbers by the value of a label; the values are ours, never a client's. */
  counters(name: string, help: string, label: string, read: () => Record<string, number>): void
  /** How many values were at most each bound. The bounds ascend. */
  histogram(name: string, help: string, bounds: readonly number[]): (value: number) => void
  text(): Promise<string>
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

export function createMetrics(): Metrics {
  const parts: (() => string[] | Promise<string[]>)[] = []

  function add(
    type: 'gauge' | 'counter' | 'histogram',
    name: string,
    help: string,
    lines: () => string[] | Promise<string[]>,
  ) {
    parts.push(async () => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...(await lines())])
  }

  const byLabel =
    (type: 'gauge' | 'counter'): Metrics['gauges'] =>
    (name, help, label, read) =>
      add(type, name, help, () =>
        Object.entries(read()).map(([value, number]) => `${name}{${label}="${value}"} ${numeral(number)}`),
      )

  const metrics: Metrics = {
    gauge: (name, help, read) => add('gauge', name, help, async () => [`${name} ${await read()}`]),
    counter: (name, help, read) => add('counter', name, help, () => [`${name} ${read()}`]),
    gauges: byLabel('gauge'),
    counters: byLabel('counter'),
    histogram(name, help, bounds) {
      const counts = new Array<number>(bounds.length).fill(0)
      let count = 0
      let sum = 0
      add('histogram', name, help, () => {
        let below = 0
        const buckets = bounds.map((bound, index) => {
          below += counts[index] ?? 0
          return `${name}_bucket{le="${bound}"} ${below}`
        })
        return [
          ...buckets,
          `${name}_bucket{le="+Inf"} ${count}`,
          `${name}_sum ${sum}`,
          `${name}_count ${count}`,
        ]
      })
      return (value) => {
        count++
        sum += value
        const index = bounds.findIndex((bound) => value <= bound)
        if (index !== -1) counts[index] = (counts[index] ?? 0) + 1
      }
    },
    text: async () => `${(await Promise.all(parts.map((lines) => lines()))).flat().join('\n')}\n`,
  }
  measureProcess(metrics)
  return metrics
}

const numeral = (number: number) => (number === Number.POSITIVE_INFINITY ? '+Inf' : number)

/** Counts answers by the class of their status, and how long they took. */
export function measureHttp({ histogram, counters }: Metrics): (status: number, seconds: number) => void {
  const answers: Record<string, number> = {}
  counters('http_requests_total', 'Requests answered, by class of status.', 'status', () => answers)
  const took = histogram('http_request_seconds', 'From a request to its answer.', [0.005, 0.02, 0.1, 0.5, 2])
  return (status, seconds) => {
    const statusClass = `${Math.floor(status / 100)}xx`
    answers[statusClass] = (answers[statusClass] ?? 0) + 1
    took(seconds)
  }
}

/** By the names that dashboards know. */
function measureProcess({ gauge, counter }: Metrics): void {
  const startedAt = performance.timeOrigin / 1_000
  counter('process_cpu_seconds_total', 'CPU time of the process, user and system.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () => startedAt)
  if (process.platform === 'linux') {
    gauge('process_open_fds', 'Open file descriptors.', () => readdirSync('/proc/self/fd').length)
  }
}
