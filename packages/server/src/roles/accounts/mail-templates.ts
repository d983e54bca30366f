import { Refusal } from '@confab/protocol/refusal'
import { createRoute, z } from '@hono/zod-openapi'
import type { SampleMail } from '../../ports/mailer.ts'
import { createRoutes } from '../http/api.ts'
import { mailPolicyOf, onThisMachine, pagePolicy } from './preview-inbox.ts'

const path = '/dev/mail/templates'
const escaped = Bun.escapeHTML

/**
 * Every kind of mail with invented data, as a page beside the preview inbox: for who changes how they look.
 */
export function mailTemplateRoutes({
  samples,
  publicUrl,
}: {
  /** Made when somebody looks. */
  samples: () => readonly SampleMail[]
  publicUrl: string
}) {
  const routes = createRoutes()
  const hidden = { middleware: onThisMachine(publicUrl), method: 'get', hide: true } as const

  const page = createRoute({ ...hidden, path, responses: { 200: { description: 'All of them' } } })
  routes.openapi(page, (c) => {
    c.header('Content-Security-Policy', pagePolicy)
    return c.html(templatesPage(samples()))
  })

  const one = createRoute({
    ...hidden,
    path: `${path}/{name}`,
    request: { params: z.object({ name: z.string().max(64) }) },
    responses: { 200: { description: 'The HTML of one' } },
  })
  routes.openapi(one, (c) => {
    const { name } = c.req.valid('param')
    const found = samples().find((sample) => sample.name === name)
    if (!found) throw new Refusal('not_found')
    c.header('Content-Security-Policy', mailPolicyOf(found.mail.html))
    c.header('X-Frame-Options', 'SAMEORIGIN')
    return c.html(found.mail.html)
  })

  return routes
}

const templatesPage = (samples: readonly SampleMail[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>All kinds of mail · Confab</title>
<link rel="stylesheet" href="/dev/mail/style.css">
</head>
<body>
<header>
<h1>All kinds of mail</h1>
<p>What Confab may send, with invented data. <a href="/dev/mail">What it has sent</a></p>
</header>
<main>
${samples.map(card).join('\n')}
</main>
</body>
</html>
`

const card = ({ name, mail }: SampleMail): string => `<article id="${escaped(name)}">
<h2>${escaped(mail.subject)}</h2>
<p class="meta">${escaped(name)}</p>
<details><summary>Text</summary><pre>${escaped(mail.text)}</pre></details>
<iframe title="${escaped(mail.subject)}" sandbox loading="lazy" src="${path}/${escaped(name)}"></iframe>
</article>`
