import type { RefusalCode } from '@confab/protocol/refusal'
import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { problemAnswers } from '../http/schemas.ts'
import { type JsonSchema, JsonSchemas } from './json-schemas.ts'

/** The OpenAPI 3.1 document, made of the same schemas that validate. */
export interface ApiDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, unknown>
}

export interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
}

type RequestBody = NonNullable<NonNullable<RouteConfig['request']>['body']>

interface Parameter {
  name: string
  in: 'path' | 'query'
  required: boolean
  schema: JsonSchema
}
type Content = Record<string, { schema: JsonSchema }>

export interface Described {
  routes: readonly RouteConfig[]
  publicUrl: string
  sessionCookie: string
}

export function describeApi({ routes, publicUrl, sessionCookie }: Described): ApiDocument {
  const schemas = new JsonSchemas()
  const paths: ApiDocument['paths'] = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(route, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Confab',
      version: '1',
      description:
        'The live connection is at `/api/v1/ws` (see `/asyncapi.json`). The routes under `/api/auth` are better-auth’s own. `RateLimit-Policy` and `RateLimit` say which limit a request counted to (`q` at once, gained in `w` seconds), what remains of it (`r`), and in how many seconds it is whole again (`t`); 429 says in `Retry-After` when to come back.',
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A session token or a JWT.' },
        cookie: { type: 'apiKey', in: 'cookie', name: sessionCookie },
      },
    },
  }
}

function describeRoute(route: RouteConfig, schemas: JsonSchemas): Operation {
  const { summary, description, tags, security, request } = route
  const parameters = [
    ...describeParameters('path', request?.params, schemas),
    ...describeParameters('query', request?.query, schemas),
  ]
  const body = request?.body
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(tags && { tags }),
    ...(security && { security }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: isNeeded(body),
        content: describeContent(body.content, 'input', schemas),
      },
    }),
    responses: Object.fromEntries(
      Object.entries(answersOf(route)).map(([status, answer]) => [
        status,
        {
          description: 'description' in answer ? (answer.description ?? '') : '',
          ...('content' in answer &&
            answer.content && { content: describeContent(answer.content, 'output', schemas) }),
        },
      ]),
    ),
  }
}

/** A body of which every field may be left out may be left out itself. */
const isNeeded = ({ required, content }: RequestBody): boolean => required === true && !takesNothing(content)

const takesNothing = (content: object): boolean =>
  Object.values(content).some(({ schema }) => schema instanceof z.ZodType && schema.safeParse({}).success)

const answersOf = (route: RouteConfig): RouteConfig['responses'] => ({
  ...problemAnswers(...ofEveryDoor(route)),
  ...route.responses,
})

/** What doors refuse before a route is asked, so that no route need say it. */
function ofEveryDoor({ path, security, request }: RouteConfig): RefusalCode[] {
  return [
    // For what is wrong of its own, and for a part of the query that is there twice.
    ...(request?.query || request?.body || path.startsWith('/api/v1/') ? (['invalid'] as const) : []),
    ...(security ? (['unauthenticated'] as const) : []),
    // With a cookie, by a page that may not write; or where something is to be agreed to,
    // or a second factor given, first.
    ...(security ? (['forbidden', 'consent_needed', 'second_factor_needed'] as const) : []),
    ...(request?.body ? (['too_large'] as const) : []),
    ...(path.startsWith('/api/') ? (['rate_limited'] as const) : []),
  ]
}

function describeParameters(place: Parameter['in'], schema: unknown, schemas: JsonSchemas): Parameter[] {
  if (!(schema instanceof z.ZodType)) return []
  const { properties = {}, required = [] } = schemas.describe(schema, 'input')
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: typeof one === 'object' ? numberAsMeant(one) : {},
  }))
}

/** A query is text on the wire; what must be digits there is a number for whoever calls. */
function numberAsMeant({ type, pattern, ...rest }: JsonSchema): JsonSchema {
  if (pattern?.includes('\\d{'))
    return { type: 'integer', minimum: pattern.startsWith('^[1-9]') ? 1 : 0, maximum: 1e15 - 1, ...rest }
  return { ...(type && { type }), ...(pattern !== undefined && { pattern }), ...rest }
}

function describeContent(content: object, io: 'input' | 'output', schemas: JsonSchemas): Content {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema }]) => [
      type,
      { schema: schema instanceof z.ZodType ? schemas.describe(schema, io) : schema },
    ]),
  )
}
