/**
 * A mail of a few paragraphs and perhaps one link, in text and HTML alike. The link stands alone on its line.
 */
export function framedMail({
  to,
  subject,
  paragraphs,
  link,
  small,
}: {
  to: string
  subject: string
  paragraphs: readonly string[]
  link?: { label: string; url: string }
  /** What comes last, in small print. */
  small: string
}): { to: string; subject: string; text: string; html: string } {
  const text = [...paragraphs, ...(link ? [`    ${link.url}`] : []), small]
  const html = [
    ...paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${Bun.escapeHTML(paragraph)}</p>`),
    ...(link ? [button(link)] : []),
    `<p style="margin:0;font-size:14px;opacity:0.75">${Bun.escapeHTML(small)}</p>`,
  ]
  return {
    to,
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${Bun.escapeHTML(subject)}</title></head>
<body style="margin:0;padding:32px 16px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:28rem;margin:0 auto">
${html.join('\n')}
</div>
</body>
</html>
`,
  }
}

const button = ({ label, url }: { label: string; url: string }): string =>
  `<p style="margin:0 0 24px"><a href="${Bun.escapeHTML(url)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#2f5bd8;color:#ffffff;font-weight:600;text-decoration:none">${Bun.escapeHTML(label)}</a></p>`

/** How a mail names the installation. */
export const siteOf = (publicUrl: string): string => `Confab at ${new URL(publicUrl).host}`

/** A time as a mail tells it, to the minute, of milliseconds since 1970 UTC. */
export const minuteOf = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
