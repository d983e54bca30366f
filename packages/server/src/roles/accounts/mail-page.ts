import { isoTime } from '../../lib/clock.ts'
import type { Mail } from '../../ports/mailer.ts'

type SentMail = Mail & { sentAt: number }

const escaped = Bun.escapeHTML

/** The preview inbox as a page. It runs no script, so it is as new as its last loading. */
export function mailPage({ mails, to }: { mails: readonly SentMail[]; to: string | undefined }): string {
  const none = to === undefined ? 'No mail yet. Ask for a sign-in code, then reload.' : `No mail to ${to}.`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview inbox · Confab</title>
<link rel="stylesheet" href="/dev/mail/style.css">
</head>
<body>
<header>
<h1>Preview inbox</h1>
<p>There is no mail server, so what Confab would send comes here. Only this machine sees it. <a href="/dev/mail/templates">All kinds of mail</a></p>
<form role="search">
<label for="to">Mail to</label>
<input id="to" name="to" type="text" inputmode="email" autocomplete="off" spellcheck="false" placeholder="everybody" value="${escaped(to ?? '')}">
<button>Show</button>
</form>
</header>
<main>
${mails.length === 0 ? `<p class="none">${escaped(none)}</p>` : mails.map(card).join('\n')}
</main>
</body>
</html>
`
}

function card(mail: SentMail): string {
  const time = isoTime(mail.sentAt)
  const code = codeIn(mail.text)
  const source = `/dev/mail/html?${new URLSearchParams({ to: mail.to, sentAt: String(mail.sentAt) })}`
  return `<article>
<h2>${escaped(mail.subject)}</h2>
<p class="meta"><span>to <b>${escaped(mail.to)}</b></span><time datetime="${time}">${escaped(`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`)}</time></p>
${code === undefined ? '' : `<p class="code">${escaped(code)}</p>\n`}<details><summary>Text</summary><pre>${escaped(mail.text)}</pre></details>
<details><summary>As it looks</summary><iframe title="${escaped(mail.subject)}" sandbox loading="lazy" src="${escaped(source)}"></iframe></details>
</article>`
}

/** The line of a text that is nothing but a code. */
const codeIn = (text: string): string | undefined => /^\s*(\d{6})\s*$/m.exec(text)?.[1]

export const mailStyle = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161a);
  --card: light-dark(#ffffff, #1d2026);
  --line: light-dark(#dde1e7, #31363f);
  --ink: light-dark(#1b1f26, #eceff4);
  --faint: light-dark(#5b6472, #a3adbb);
  --accent: light-dark(#2f5bd8, #8fb0ff);
  --on-accent: light-dark(#ffffff, #10131a);
}
* { box-sizing: border-box }
body {
  margin: 0 auto;
  padding: 2rem 1rem 4rem;
  max-width: 44rem;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem }
h2 { margin: 0; font-size: 1.0625rem }
a { color: var(--accent) }
header > p, .meta, .none { margin: 0.25rem 0 0; color: var(--faint) }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 1.25rem 0 1.5rem }
input, button {
  min-height: 2.5rem;
  padding: 0 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  background: var(--card);
  color: inherit;
  font: inherit;
}
input { flex: 1 1 12rem; min-width: 0 }
button { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
article {
  margin-bottom: 1rem;
  padding: 1rem 1.25rem;
  border: 1px solid var(--line);
  border-radius: 0.75rem;
  background: var(--card);
  overflow-wrap: anywhere;
}
.meta { display: flex; flex-wrap: wrap; gap: 0 0.75rem }
time { white-space: nowrap }
.code {
  margin: 0.75rem 0;
  font: 700 2rem/1.2 ui-monospace, monospace;
  letter-spacing: 0.15em;
  user-select: all;
}
summary { padding: 0.25rem 0; color: var(--accent); cursor: pointer }
pre { margin: 0.5rem 0; white-space: pre-wrap; font: 0.875rem/1.5 ui-monospace, monospace }
iframe { width: 100%; height: 22rem; border: 1px solid var(--line); border-radius: 0.5rem }
`
