import { expect, test } from 'bun:test'
import { z } from 'zod'
import { callParams, callResults } from './calls.ts'
import { eventData } from './event.ts'
import { defaultLimits } from './limits.ts'
import { pushParams } from './pushes.ts'
import { requests } from './requests.ts'

/*
 * Fails on purpose when the wire changes. Then ask: does a client of yesterday still understand a server
 * of today, and the other way round? A new optional field or call: run with `bun test --update-snapshots`
 * and note it in docs/protocol.md. Anything else needs a new `protocolVersion` in version.ts and a new path.
 */
test('[WIRE1] the schemas of what goes over the wire are the ones that were published', () => {
  const describe = (schemas: Record<string, z.ZodType>, io: 'input' | 'output') =>
    Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        name,
        // Through JSON, for zod adds functions of its own.
        JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))),
      ]),
    )
  expect({
    requests: describe(requests(defaultLimits), 'input'),
    calls: describe(callParams(defaultLimits), 'input'),
    results: describe(callResults, 'output'),
    pushes: describe(pushParams, 'output'),
    events: describe(eventData, 'output'),
  }).toMatchSnapshot()
})
