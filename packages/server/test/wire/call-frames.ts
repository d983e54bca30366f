import { isMethod, type Method } from '@confab/protocol/calls'
import fc from 'fast-check'
import { arbitraryOf, type JsonSchema, type Known } from './arbitrary-of.ts'
import { hostileText, offByOne, write } from './hostile.ts'

/** The described params of each call, out of the served `/asyncapi.json`. */
export function paramsIn(document: unknown): { params: Record<Method, JsonSchema>; schemas: Schemas } {
  const { components } = document as { components: { messages: Record<string, Described>; schemas: Schemas } }
  const described = Object.entries(components.messages).flatMap(([name, { payload }]) =>
    name.startsWith('call.') ? [[name.slice('call.'.length), payload.properties.params] as const] : [],
  )
  return { params: Object.fromEntries(described) as Record<Method, JsonSchema>, schemas: components.schemas }
}

type Schemas = Record<string, JsonSchema>
interface Described {
  payload: { properties: { params: JsonSchema } }
}

/** Texts of frames: right ones, ones with a mistake, and ones that mean harm. */
export function callFrames(document: unknown, known: Known): fc.Arbitrary<string> {
  const { params, schemas } = paramsIn(document)
  const calls = Object.entries(params).map(([method, schema]) => {
    const valid = arbitraryOf(schema, known, schemas)
    return { method, valid }
  })
  const id = fc.oneof(fc.string({ maxLength: 40, unit: 'binary' }), fc.nat(), fc.double({ noNaN: true }))

  const right = fc.oneof(
    ...calls.map(({ method, valid }) => fc.record({ id, method: fc.constant(method), params: valid })),
  )
  const anyMethod = fc.oneof(fc.constantFrom(...calls.map(({ method }) => method)), fc.string())
  const wrongParams = fc
    .tuple(id, fc.oneof(...calls.map(({ method, valid }) => fc.tuple(fc.constant(method), offByOne(valid)))))
    .map(([one, [method, text]]) => `{"id":${JSON.stringify(one)},"method":"${method}","params":${text}}`)
  const hostileParams = fc
    .tuple(id, anyMethod, hostileText)
    .map(
      ([one, method, text]) =>
        `{"id":${JSON.stringify(one)},"method":${JSON.stringify(method)},"params":${text}}`,
    )
  const hostileId = fc
    .tuple(hostileText, right)
    .map(
      ([text, { method, params: given }]) => `{"id":${text},"method":"${method}","params":${write(given)}}`,
    )

  const rightText = right.map(write)
  return fc.oneof(
    { weight: 8, arbitrary: rightText },
    { weight: 8, arbitrary: wrongParams },
    { weight: 3, arbitrary: hostileParams },
    { weight: 2, arbitrary: hostileId },
    { weight: 3, arbitrary: offByOne(right) },
    { weight: 1, arbitrary: right.map(({ method, params: given }) => write({ method, params: given })) },
    { weight: 1, arbitrary: right.map((call) => write({ jsonrpc: '2.0', ...call })) },
    { weight: 1, arbitrary: fc.array(rightText, { maxLength: 3 }).map((all) => `[${all.join(',')}]`) },
    {
      weight: 1,
      arbitrary: fc.tuple(rightText, fc.nat()).map(([text, at]) => text.slice(0, at % text.length)),
    },
    { weight: 1, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
}

/** What the grammar of JSON-RPC 2.0 lets a frame be answered with. */
export type Answerable =
  | { answer: 'none' }
  /** An error whatever the server's state is. */
  | { answer: 'error'; id: unknown; code: number }
  /** A result that fits the method's schema, or an error of these codes. */
  | { answer: 'reply'; id: unknown; method: Method }

export function answerTo(text: string): Answerable {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return { answer: 'error', id: null, code: -32700 }
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return { answer: 'error', id: null, code: -32600 }
  }
  const { jsonrpc = '2.0', id, method } = frame as Record<string, unknown>
  const named = id !== undefined
  const isId = (typeof id === 'string' && id.length <= 256) || (typeof id === 'number' && Number.isFinite(id))
  if (named && !isId) return { answer: 'error', id: null, code: -32600 }
  if (jsonrpc !== '2.0' || typeof method !== 'string')
    return { answer: 'error', id: id ?? null, code: -32600 }
  if (!named) return { answer: 'none' }
  return isMethod(method) ? { answer: 'reply', id, method } : { answer: 'error', id, code: -32601 }
}
