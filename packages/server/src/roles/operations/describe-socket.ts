import { callParams, callResults, isMethod } from '@confab/protocol/calls'
import { closeCode } from '@confab/protocol/close-codes'
import type { Limits } from '@confab/protocol/limits'
import { pushParams } from '@confab/protocol/pushes'
import { refusalStatus } from '@confab/protocol/refusal'
import { type JsonSchema, JsonSchemas } from './json-schemas.ts'

const id: JsonSchema = {
  type: ['string', 'number'],
  description: 'Chosen by the caller, repeated in the reply.',
}

/** The AsyncAPI 3.0 document of the socket, made of the same schemas that validate its frames. */
export function describeSocket({ limits, publicUrl }: { limits: Limits; publicUrl: string }): object {
  const schemas = new JsonSchemas()
  const messages: Record<string, { title: string; payload: JsonSchema }> = {}
  const params = callParams(limits)

  for (const [method, schema] of Object.entries(params)) {
    if (!isMethod(method)) continue
    messages[`call.${method}`] = {
      title: `Call ${method}`,
      payload: frame({ id, method: { const: method }, params: schemas.describe(schema, 'input') }),
    }
    messages[`reply.${method}`] = {
      title: `Reply to ${method}`,
      payload: frame({ id, result: schemas.describe(callResults[method], 'output') }),
    }
  }
  for (const [method, schema] of Object.entries(pushParams)) {
    messages[`push.${method}`] = {
      title: `Push ${method}`,
      payload: frame({ method: { const: method }, params: schemas.describe(schema, 'output') }),
    }
  }
  messages.refusal = { title: 'Refusal of a call', payload: frame({ id, error: refusal }) }

  const names = Object.keys(messages)
  const sent = names.filter((name) => !name.startsWith('call.'))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Confab, the socket',
      version: '1',
      description: `JSON text frames in JSON-RPC 2.0 form. Close codes: ${describeCodes()}.`,
    },
    defaultContentType: 'application/json',
    servers: {
      here: { host: new URL(publicUrl).host, protocol: publicUrl.startsWith('https:') ? 'wss' : 'ws' },
    },
    channels: {
      socket: {
        address: '/api/v1/ws',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      call: operation(
        'receive',
        names.filter((name) => name.startsWith('call.')),
      ),
      tell: operation('send', sent),
    },
    components: { messages, schemas: schemas.components },
  }
}

const frame = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties: { jsonrpc: { const: '2.0' }, ...properties },
  required: Object.keys(properties),
})

const refusal: JsonSchema = {
  type: 'object',
  properties: {
    code: { type: 'integer', description: 'As in JSON-RPC 2.0; -32000 for a refusal.' },
    message: { type: 'string' },
    data: {
      type: 'object',
      properties: {
        code: { type: 'string', examples: Object.keys(refusalStatus) },
        detail: { type: 'string' },
        retryAfterMs: { type: 'integer' },
      },
      required: ['code'],
    },
  },
  required: ['code', 'message', 'data'],
}

const operation = (action: 'send' | 'receive', names: string[]) => ({
  action,
  channel: { $ref: '#/channels/socket' },
  messages: names.map((name) => ({ $ref: `#/channels/socket/messages/${name}` })),
})

const describeCodes = () =>
  Object.entries(closeCode)
    .map(([name, code]) => `${code} ${name}`)
    .join(', ')
