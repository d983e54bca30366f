import { openStaticFiles, strictPolicy } from '../src/lib/static-files.ts'

/**
 * Serves a built page as the server does, and nothing else, so that one build can be put in place of another.
 */
export function serveBuild(folder: string): Disposable & { url: string } {
  const files = openStaticFiles({
    folder,
    immutablePath: '/assets/',
    contentSecurityPolicy: strictPolicy,
    missingPage: 'not built',
  })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => files.answer(request) ?? new Response(null, { status: 404 }),
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.dispose]() {
      void server.stop(true)
    },
  }
}
