import { expect, test } from 'bun:test'
import { createMetrics, measureHttp } from './metrics.ts'

test('[RUN16] numbers are told in the format that Prometheus reads', async () => {
  const metrics = createMetrics()
  metrics.gauge('depth', 'How deep.', () => 3)
  metrics.counter('done_total', 'How many.', () => 12.5)
  metrics.counters('by_kind_total', 'How many of each.', 'kind', () => ({ a: 1, b: 2 }))
  expect(await metrics.text()).toEndWith(`
# HELP depth How deep.
# TYPE depth gauge
depth 3
# HELP done_total How many.
# TYPE done_total counter
done_total 12.5
# HELP by_kind_total How many of each.
# TYPE by_kind_total counter
by_kind_total{kind="a"} 1
by_kind_total{kind="b"} 2
`)
})

test('[RUN16] a histogram counts each value in its bucket and all above', async () => {
  const metrics = createMetrics()
  const observe = metrics.histogram('size', 'How large.', [1, 10, 100])
  for (const value of [0, 1, 2, 10, 11, 1_000]) observe(value)
  expect(await metrics.text()).toEndWith(`
# HELP size How large.
# TYPE size histogram
size_bucket{le="1"} 2
size_bucket{le="10"} 4
size_bucket{le="100"} 5
size_bucket{le="+Inf"} 6
size_sum 1024
size_count 6
`)
})

test('[RUN16] the process is measured by the usual names', async () => {
  const text = await createMetrics().text()
  const [, startedAt] = /^process_start_time_seconds (\S+)$/m.exec(text) ?? []
  expect(Number(startedAt) * 1_000).toBeWithin(Date.now() - 3_600_000, Date.now() + 1)
  expect(text).toMatch(/^process_cpu_seconds_total \d/m)
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d{6,}$/m)
})

test('[RUN16] answers are counted by the class of their status', async () => {
  const metrics = createMetrics()
  const onAnswer = measureHttp(metrics)
  for (const status of [200, 201, 404, 503]) onAnswer(status, 0.01)
  const text = await metrics.text()
  for (const line of ['2xx"} 2', '4xx"} 1', '5xx"} 1'])
    expect(text).toContain(`http_requests_total{status="${line}`)
  expect(text).toContain(
    'http_request_seconds_bucket{le="0.005"} 0\nhttp_request_seconds_bucket{le="0.02"} 4',
  )
})
