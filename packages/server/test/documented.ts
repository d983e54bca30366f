import { expect } from 'bun:test'
import { z } from 'zod'
import type { Answer, Person, TestServer } from './start-server.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema
type Content = Record<string, { schema: JsonSchema }>

export interface ApiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> }
}

export interface Operation {
  summary?: string
  parameters?: { name: string; in: string; required: boolean; schema: JsonSchema }[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security?: Record<string, string[]>[]
}

/** Calls the server as `TestServer.call` does, and holds each answer against the document that it serves. */
export type Ask = (as: Person | undefined, request: string, body?: unknown) => Promise<Answer>

export async function documentedAsk(server: TestServer): Promise<Ask> {
  const document = await readDocument(server)
  return async (as, request, body) => {
    const answer = await server.call(as, request, body)
    checkAnswer(document, request, answer)
    return answer
  }
}

export const readDocument = async (server: TestServer) =>
  (await server.call(undefined, 'GET /openapi.json')).body as ApiDocument

/** Fails where the document doesn't know the request or the status, or describes another body. */
export function checkAnswer(document: ApiDocument, request: string, { status, headers, body }: Answer): void {
  const [method = '', path = ''] = request.split(' ')
  const operation = findOperation(document, method, path)
  expect(operation, `${request} is documented`).toBeDefined()
  const documented = operation?.responses[status]
  expect(documented, `${request}: status ${status} is documented`).toBeDefined()
  const contents = Object.entries(documented?.content ?? {})
  const type = headers.get('content-type') ?? 'no type'
  const types = contents.length > 0 ? contents.map(([one]) => one) : ['no type']
  expect(types, `${request}: the type of the answer`).toContain(type)
  const content = documented?.content?.[type]
  if (!content) {
    expect(body, `${request}: an answer without a body`).toBeUndefined()
    return
  }
  const fits = parserOf(document, content.schema).safeParse(body)
  if (!fits.success) throw new Error(`${request}: ${JSON.stringify(body)}\n${z.prettifyError(fits.error)}`)
}

function findOperation({ paths }: ApiDocument, method: string, path: string): Operation | undefined {
  const plain = path.replace(/\?.*/, '')
  const exact = paths[plain]
  const template = Object.keys(paths).find((one) =>
    new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  )
  return (exact ?? paths[template ?? ''])?.[method.toLowerCase()]
}

const parsers = new WeakMap<JsonSchema, z.ZodType>()

/** A field that the document doesn't name fails here, though a client would ignore it: it may be a leak. */
function parserOf({ components }: ApiDocument, schema: JsonSchema): z.ZodType {
  const known = parsers.get(schema)
  if (known) return known
  const whole = JSON.stringify({ ...schema, $defs: components.schemas }, (_, value) =>
    isClosed(value) ? { ...value, additionalProperties: false } : value,
  )
  const parser = z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')))
  parsers.set(schema, parser)
  return parser
}

const isClosed = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  'properties' in value &&
  !('additionalProperties' in value)
