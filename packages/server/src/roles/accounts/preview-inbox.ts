import { Refusal } from '@confab/protocol/refusal'
import { instant } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { isoTime } from '../../lib/clock.ts'
import type { PreviewInbox } from '../../ports/mailer.ts'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { jsonAnswer, problemAnswers, queryInt } from '../http/schemas.ts'
import { isFromThisMachine } from './loopback.ts'
import { mailPage, mailStyle } from './mail-page.ts'

const mail = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  sentAt: instant,
})
const byAddress = z.object({ to: z.string().max(254).optional() })

export const pagePolicy =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/**
 * `sandbox` takes scripts, forms, its origin and the top window from what somebody else has written. Mails
 * have their style in attributes, each of which is named by its hash.
 */
export function mailPolicyOf(html: string): string {
  const styles = [...html.matchAll(/ style="([^"]*)"/g)].map(([, style = '']) => `'sha256-${sha256(style)}'`)
  const allowed = [...new Set(["'unsafe-hashes'", ...styles])].join(' ')
  return `default-src 'none'; style-src ${allowed}; img-src data:; frame-ancestors 'self'; sandbox`
}

const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('base64')

/** A middleware: to everybody but this machine itself what lies behind it is missing. */
export const onThisMachine = (publicUrl: string) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    if (!isFromThisMachine({ peer: c.var.peer, headers: c.req.raw.headers, publicUrl })) {
      throw new Refusal('not_found')
    }
    await next()
    c.header('Cache-Control', 'no-store')
    c.header('Referrer-Policy', 'no-referrer')
  })

/**
 * The mail of an installation without SMTP, as JSON and as a page.
 * To everybody but this machine itself it is missing.
 */
export function previewInboxRoutes({
  inbox,
  publicUrl,
}: {
  inbox: Pick<PreviewInbox, 'list'>
  publicUrl: string
}) {
  const routes = createRoutes()
  const middleware = onThisMachine(publicUrl)

  const list = createRoute({
    middleware,
    tags: ['Development'],
    method: 'get',
    path: '/api/dev/mail',
    summary: 'Mails sent, newest first',
    description: 'On loopback only, and only as long as no SMTP server is set.',
    request: { query: byAddress },
    responses: {
      200: jsonAnswer('At most 100', z.object({ items: z.array(mail) })),
      ...problemAnswers('not_found'),
    },
  })
  routes.openapi(list, async (c) => {
    const mails = await inbox.list(c.req.valid('query'))
    return c.json({ items: mails.map((one) => ({ ...one, sentAt: isoTime(one.sentAt) })) }, 200)
  })

  const page = createRoute({
    middleware,
    hide: true,
    method: 'get',
    path: '/dev/mail',
    request: { query: byAddress },
    responses: { 200: { description: 'The inbox as a page' } },
  })
  routes.openapi(page, async (c) => {
    const { to } = c.req.valid('query')
    const wanted = to?.trim() || undefined
    c.header('Content-Security-Policy', pagePolicy)
    return c.html(mailPage({ mails: await inbox.list({ to: wanted }), to: wanted }))
  })

  const html = createRoute({
    middleware,
    hide: true,
    method: 'get',
    path: '/dev/mail/html',
    request: { query: z.object({ to: z.string().max(254), sentAt: queryInt }) },
    responses: { 200: { description: 'The HTML of one mail' } },
  })
  routes.openapi(html, async (c) => {
    const { to, sentAt } = c.req.valid('query')
    const found = (await inbox.list({ to })).find((one) => one.sentAt === sentAt)
    if (!found) throw new Refusal('not_found')
    c.header('Content-Security-Policy', mailPolicyOf(found.html))
    c.header('X-Frame-Options', 'SAMEORIGIN')
    return c.html(found.html)
  })

  const style = createRoute({
    middleware,
    hide: true,
    method: 'get',
    path: '/dev/mail/style.css',
    responses: { 200: { description: 'How the page looks' } },
  })
  routes.openapi(style, (c) => c.body(mailStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }))

  return routes
}
