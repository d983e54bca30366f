import { readdirSync } from 'node:fs'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * Numbers for Prometheus. What can be read when it is asked for costs nothing until then; what must be
 * counted as it happens is counted without labels, or with labels resolved beforehand.
 */
export interface Metrics {
  /** A number that goes up and down, read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void
  /** A number that only grows, read when it is asked for. */
  counter(name: string, help: string, read: () => number): void
  /** Such numbers by the value of a label. */
  counters(name: string, help: string, label: string, read: () => Record<string, number>): void
  /** How often values fell below each bound. */
  histogram(name: string, help: string, bounds: number[]): (value: number) => void
  answer(): Promise<Response>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]

  const metrics: Metrics = {
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    },
    counter(name, help, read) {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(read())
        },
      })
    },
    counters(name, help, label, read) {
      new Counter({
        name,
        help,
        registers,
        labelNames: [label],
        collect() {
          this.reset()
          for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count)
        },
      })
    },
    histogram(name, help, buckets) {
      const histogram = new Histogram({ name, help, registers, buckets })
      return (value) => histogram.observe(value)
    },
    async answer() {
      return new Response(await registry.metrics(), { headers: { 'Content-Type': registry.contentType } })
    },
  }
  measureProcess(metrics)
  return metrics
}

/** The few of the usual names that this runtime answers rightly: prom-client's own set is full of zeros here. */
function measureProcess({ gauge, counter }: Metrics): void {
  const startedAt = Date.now() / 1_000 - process.uptime()
  counter('process_cpu_seconds_total', 'CPU time of the process, user and system, in seconds.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  gauge('process_resident_memory_bytes', 'Resident memory in bytes.', () => process.memoryUsage.rss())
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () => startedAt)
  if (process.platform === 'linux') {
    gauge('process_open_fds', 'Open file descriptors.', () => readdirSync('/proc/self/fd').length)
  }
}

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
