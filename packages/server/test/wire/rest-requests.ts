import fc from 'fast-check'
import type { ApiDocument, Operation } from '../documented.ts'
import { arbitraryOf, type JsonSchema, type Known } from './arbitrary-of.ts'
import { hostileText, offByOne, write } from './hostile.ts'

export interface OperationAt {
  method: string
  path: string
  operation: Operation
}

/** A request as it is written: its target with the query, and its body, which need not be JSON. */
export interface RestRequest {
  method: string
  target: string
  body: string | undefined
}

export const operationsOf = ({ paths }: ApiDocument): OperationAt[] =>
  Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  )

export const bodyOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.schema

/** Requests of an operation: right by its own schemas, or with one thing off. */
export function restRequests(
  { components }: ApiDocument,
  { method, path, operation }: OperationAt,
  known: Known,
): fc.Arbitrary<RestRequest> {
  const parameters = operation.parameters ?? []
  const values = (place: string) => {
    const ones = parameters.filter((one) => one.in === place)
    const fields = ones.map(({ name, schema }) => [name, fieldOf(name, schema)] as const)
    const requiredKeys = ones.filter((one) => one.required).map(({ name }) => name)
    return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true })
  }

  function fieldOf(name: string, schema: JsonSchema): fc.Arbitrary<string> {
    const right = arbitraryOf(
      { type: 'object', properties: { [name]: schema }, required: [name] },
      known,
      components.schemas,
    )
    const text = right.map((object) => String(Reflect.get(Object(object), name)))
    return fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: hostilePart })
  }

  const schema = bodyOf(operation)
  const right = schema ? arbitraryOf(schema, known, components.schemas) : undefined
  const body = right
    ? fc.oneof(
        { weight: 4, arbitrary: right.map(write) },
        { weight: 4, arbitrary: offByOne(right) },
        { weight: 1, arbitrary: hostileText },
        { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
      )
    : fc.constant(undefined)

  return fc.record({ inPath: values('path'), query: values('query'), body }).map((parts) => ({
    method,
    target: targetOf(path, parts.inPath, parts.query),
    body: parts.body,
  }))
}

/** Texts that a path or a query may hold, none of which is a dot segment: those never reach a server. */
const hostilePart = fc.constantFrom(
  '0',
  '-1',
  '1.5',
  '1e3',
  '4294967296',
  '9'.repeat(30),
  'x',
  ' ',
  '\0',
  'é',
  '%',
  '%00',
  '/',
  '?',
  '#',
  '\\',
  ';',
  "'",
  '\u{1f600}',
  'null',
  'undefined',
  '__proto__',
  'A1A1A1A1-0000-7000-8000-000000000001',
  'x'.repeat(3_000),
)

function targetOf(path: string, inPath: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(whole(inPath[name]) || '-'),
  )
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(whole(value))}`)
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}

/** Half a character can't be written in a URL, and one or two dots are no segment of a path. */
const whole = (value: unknown) =>
  String(value)
    .toWellFormed()
    .replace(/^\.\.?$/, '-')
