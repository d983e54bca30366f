import { expect, test } from 'bun:test'
import { mergeMetrics } from './merge-metrics.ts'
import { createMetrics } from './metrics.ts'

test('[PROC6] numbers of several processes are told under a label each, described once', async () => {
  const measured = async (depth: number) => {
    const metrics = createMetrics()
    metrics.gauge('depth', 'How deep.', () => depth)
    metrics.histogram('size', 'How large.', [1])(depth)
    if (depth === 7) metrics.counter('own_total', 'Of one alone.', () => 4)
    return metrics.text()
  }
  const texts = new Map([
    ['1', await measured(3)],
    ['2', await measured(7)],
  ])
  expect(mergeMetrics(texts)).toEndWith(`
# HELP depth How deep.
# TYPE depth gauge
depth{process="1"} 3
depth{process="2"} 7
# HELP size How large.
# TYPE size histogram
size_bucket{process="1",le="1"} 0
size_bucket{process="1",le="+Inf"} 1
size_sum{process="1"} 3
size_count{process="1"} 1
size_bucket{process="2",le="1"} 0
size_bucket{process="2",le="+Inf"} 1
size_sum{process="2"} 7
size_count{process="2"} 1
# HELP own_total Of one alone.
# TYPE own_total counter
own_total{process="2"} 4
`)
})
