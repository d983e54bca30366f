import type { Mail } from '../../ports/mailer.ts'

/**
 * The mail that brings a sign-in code. The code stands alone on its line,
 * so that it is easily found and copied.
 */
export function codeMail({
  to,
  code,
  minutes,
  publicUrl,
}: {
  to: string
  code: string
  minutes: number
  publicUrl: string
}): Mail {
  const site = new URL(publicUrl).host
  const why = `Somebody, probably you, is signing in to Confab at ${site} with this address.`
  const ifNot = 'If it was not you, do nothing: without the code nobody gets in. Never tell it to anybody.'
  const lasts = `It is good for ${minutes} minutes.`
  return {
    to,
    subject: `${code} is your Confab code`,
    text: `Your sign-in code:\n\n    ${code}\n\n${lasts}\n\n${why}\n${ifNot}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Your Confab code</title></head>
<body style="margin:0;padding:32px 16px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:28rem;margin:0 auto">
<p style="margin:0 0 8px">Your sign-in code:</p>
<p style="margin:0 0 8px;font-family:ui-monospace,monospace;font-size:36px;font-weight:700;letter-spacing:0.2em">${Bun.escapeHTML(code)}</p>
<p style="margin:0 0 24px">${Bun.escapeHTML(lasts)}</p>
<p style="margin:0;font-size:14px;opacity:0.75">${Bun.escapeHTML(why)} ${Bun.escapeHTML(ifNot)}</p>
</div>
</body>
</html>
`,
  }
}
