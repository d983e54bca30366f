import { html, raw } from 'hono/html'
import type { ApiDocument, Operation } from './describe-api.ts'

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid #8886; padding: 0.25rem 0 }
h2 { margin-top: 2.5rem }
h3 { font: 600 1rem ui-monospace, monospace; overflow-wrap: anywhere }
h3 b { display: inline-block; min-width: 4.5rem; text-transform: uppercase }
ul { padding-left: 1.2rem }
code { font-family: ui-monospace, monospace }
`
const styleHash = new Bun.CryptoHasher('sha256').update(style).digest('base64')

/** The page is one file: its style is allowed by its hash, and nothing else is loaded or run. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Every call with what it takes and answers, for a person to read. */
export function docsPage({ info, paths }: ApiDocument) {
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(calls.flatMap(({ operation }) => operation.tags ?? ['Other']))]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Confab: the HTTP calls</title>
<style>${raw(style)}</style>
</head>
<body>
<h1>Confab: the HTTP calls</h1>
<p>${info.description}</p>
<p>For programs: <a href="/openapi.json">/openapi.json</a>, and for the socket <a href="/asyncapi.json">/asyncapi.json</a>.</p>
${tags.map(
  (tag) => html`<h2>${tag}</h2>
${calls
  .filter(({ operation }) => (operation.tags ?? ['Other']).includes(tag))
  .map(
    ({ path, method, operation }) => html`<section>
<h3><b>${method}</b> ${path}</h3>
<p>${operation.summary ?? ''}${operation.description ? ` ${operation.description}` : ''}</p>
<ul>${itemsOf(operation).map((item) => html`<li>${item}</li>`)}</ul>
</section>`,
  )}`,
)}
</body>
</html>`
}

function itemsOf({ parameters = [], requestBody, responses }: Operation): string[] {
  const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
  const fields = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    Object.keys(schema.properties ?? {}),
  )
  return [
    ...(query.length > 0 ? [`Query: ${query.join(', ')}`] : []),
    ...(fields.length > 0 ? [`Body: ${fields.join(', ')}`] : []),
    ...Object.entries(responses).map(([status, { description }]) => `${status}: ${description}`),
  ]
}
