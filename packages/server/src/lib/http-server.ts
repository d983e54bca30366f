import type { Server, WebSocketHandler } from 'bun'
import { AddressUnavailable } from './address-unavailable.ts'
import type { Report } from './report.ts'

/**
 * Listens for HTTP and WebSockets.
 *
 *   opened: answers 503 ── serve ──▶ serving ── drain ──▶ refuses new connections ── dispose ──▶ closed
 *
 * It listens before it can serve, so that a taken port is told before anything else is begun, and so
 * that a port chosen by the system is known to those who need the address. One that shares its port with
 * others who can serve already listens no earlier than it can itself.
 */
export interface HttpServer<Data> extends AsyncDisposable {
  readonly port: number
  readonly requestsUnderWay: number
  /** From now on requests go to `handle`, and sockets that it has upgraded to `websocket`. */
  serve(service: Service<Data>): Server<Data>
  /** The address at the other end of a request's connection. */
  peerAddress(request: Request): string | undefined
  /**
   * Takes no new connections; resolves when all requests are answered and all sockets closed, or after
   * `graceMs` all the same. Who keeps the sockets tells them to go.
   */
  drain(graceMs: number): Promise<void>
}

export interface Service<Data> {
  /** Undefined for a request that has become a socket. */
  handle: (request: Request) => Promise<Response | undefined>
  websocket?: WebSocketHandler<Data> | undefined
}

/**
 * A connection that neither asks nor is answered for so long is closed: a half-sent request holds nothing.
 */
const idleSeconds = 30
/** A body that is sent a byte now and then is no idle connection: whoever takes so long is answered 408. */
const bodyWithinMs = 60_000
const drainLookMs = 5

export interface HttpServerOptions {
  host: string
  port: number
  /** With other processes, who say so too; nobody but whoever starts them all may (port-claim.ts). */
  isShared?: boolean
  /** The runtime's bound for a body. A service that wants to refuse in its own words bounds it lower. */
  bodyBytesMax: number
  report: Report
  bodyWithinMs?: number
  /** On every answer that doesn't bring its own. */
  headers?: Readonly<Record<string, string>>
  /** Told of each answer. */
  onAnswer?: (status: number, seconds: number) => void
}

export function openHttpServer<Data>({
  host,
  port,
  isShared = false,
  bodyBytesMax,
  bodyWithinMs: withinMs = bodyWithinMs,
  report,
  headers = {},
  onAnswer,
}: HttpServerOptions): HttpServer<Data> {
  let draining = false
  let underWay = 0

  async function answer(request: Request, handle: Service<Data>['handle']): Promise<Response | undefined> {
    const startedAt = performance.now()
    underWay++
    try {
      const response =
        refuseOutright(request) ??
        (await (request.body ? inTime(handle(request), withinMs) : handle(request)))
      if (response) complete(response)
      if (draining) response?.headers.set('Connection', 'close')
      if (response) onAnswer?.(response.status, (performance.now() - startedAt) / 1_000)
      return response
    } catch (cause) {
      report('http: a request was not answered', cause)
      return complete(new Response(null, { status: 500 }))
    } finally {
      underWay--
    }
  }

  const always = Object.entries(headers)
  function complete(response: Response): Response {
    for (const [name, value] of always) if (!response.headers.has(name)) response.headers.set(name, value)
    return response
  }

  const options = {
    hostname: host,
    port,
    idleTimeout: idleSeconds,
    maxRequestBodySize: bodyBytesMax,
    // The runtime's own pages show the code around an error.
    development: false,
    // Outside development the runtime shares a port with whoever else shares it: two servers, two databases.
    reusePort: isShared,
  } as const
  let server = isShared
    ? undefined
    : listen<Data>({ ...options, fetch: () => complete(unavailable()) }, host, port)

  return {
    port: server?.port ?? port,
    get requestsUnderWay() {
      return underWay
    },
    peerAddress: (request) => server?.requestIP(request)?.address,
    serve({ handle, websocket }) {
      const fetch = (request: Request) => answer(request, handle)
      const service: Bun.Serve.Options<Data> = websocket
        ? { ...options, fetch, websocket }
        : { ...options, fetch: async (request) => (await fetch(request)) ?? unavailable() }
      if (server) server.reload(service)
      else server = listen<Data>(service, host, port)
      return server
    },
    async drain(graceMs) {
      draining = true
      // Not awaited: it waits for idle connections too, which may be kept alive for long.
      void server?.stop()
      const until = performance.now() + graceMs
      const isBusy = () => underWay + (server?.pendingRequests ?? 0) + (server?.pendingWebSockets ?? 0) > 0
      while (isBusy() && performance.now() < until) await Bun.sleep(drainLookMs)
    },
    async [Symbol.asyncDispose]() {
      await server?.stop(true)
    },
  }
}

function listen<Data>(options: Bun.Serve.Options<Data>, host: string, port: number): Server<Data> {
  try {
    return Bun.serve<Data>(options)
  } catch (cause) {
    throw new AddressUnavailable({ host, port }, { cause })
  }
}

/**
 * What no door is to see, and the runtime passes on; what frames a request in two ways (RFC 9112, 6.3) it
 * refuses itself. Of two `Host`s a proxy may have gone by the other (RFC 9112, 3.2).
 */
function refuseOutright({ method, headers }: Request): Response | undefined {
  const status = unsupportedMethods.has(method) ? 501 : headers.get('host')?.includes(',') ? 400 : undefined
  return status && new Response(null, { status, headers: { Connection: 'close' } })
}

const unsupportedMethods: ReadonlySet<string> = new Set(['TRACE', 'CONNECT'])

function inTime(answer: Promise<Response | undefined>, ms: number): Promise<Response | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<Response>()
  const timer = setTimeout(
    () => resolve(new Response(null, { status: 408, headers: { Connection: 'close' } })),
    ms,
  )
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

function unavailable(): Response {
  return new Response('Starting\n', { status: 503, headers: { 'Retry-After': '1' } })
}
