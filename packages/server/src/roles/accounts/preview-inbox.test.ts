import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'

describe('the preview inbox', () => {
  const gallery = '/dev/mail/templates'
  const pages = ['/api/dev/mail', '/dev/mail', '/dev/mail/style.css', gallery, `${gallery}/code`]

  test('[MAIL1] [MAIL2] shows what was sent, newest first', async () => {
    await using server = await start()
    await server.codeFor('ann@example.com')
    await server.codeFor('bob@example.com')
    const { items } = (await server.ask('/api/dev/mail')).json()
    expect(items.map(({ to }: { to: string }) => to)).toEqual(['bob@example.com', 'ann@example.com'])
    expect(items[0]).toEqual({
      to: 'bob@example.com',
      subject: expect.stringMatching(/^\d{6} is your Confab code$/),
      text: expect.any(String),
      html: expect.any(String),
      sentAt: isoInstant,
    })
    expect((await server.ask('/api/dev/mail?to=ann@example.com')).json().items).toHaveLength(1)
  })

  test.each([
    { Host: 'chat.example.com' },
    { Host: 'localhost.example.com' },
    { Host: '127.0.0.1.example.com' },
    { Host: '192.168.0.2:8080' },
    { Forwarded: 'for=127.0.0.1' },
    { 'X-Forwarded-For': '127.0.0.1' },
    { 'X-Forwarded-Host': 'localhost' },
    { 'X-Forwarded-Proto': '' },
    { 'X-Real-IP': '127.0.0.1' },
    { Via: '1.1 proxy' },
  ])('[MAIL6] with %j it is missing, without it is there', async (headers) => {
    await using server = await start()
    for (const path of pages) {
      const asked = await server.ask(path, { headers: Object.fromEntries(Object.entries(headers)) })
      expect(asked.json()).toMatchObject({ status: 404, code: 'not_found' })
      expect((await server.ask(path)).status).toBe(200)
    }
  })

  test('[MAIL6] under a PUBLIC_URL that others reach it is missing', async () => {
    await using open = await start({ publicUrl: 'http://127.0.0.1:1' })
    await using shut = await start({ publicUrl: 'https://chat.example.com' })
    for (const path of pages) {
      expect((await open.ask(path)).status).toBe(200)
      expect((await shut.ask(path)).status).toBe(404)
    }
  })

  test('[MAIL12] a page beside it shows every kind of mail in text and HTML, with invented data', async () => {
    await using server = await start()
    const source = join(import.meta.dir, '../..')
    const files = await readdir(source, { recursive: true })
    const templates = files.flatMap((file) => /(?:^|\/)([a-z-]+)-mail\.ts$/.exec(file)?.[1] ?? [])
    const kinds = templates.filter((name) => !['framed', 'send-queued'].includes(name)).sort()
    expect(kinds.length).toBeGreaterThan(5)
    const page = await server.ask(gallery)
    const shown = [...page.text.matchAll(/<article id="([^"]*)">/g)].map(([, name = '']) => name)
    expect(shown.sort()).toEqual(kinds)
    for (const name of kinds) {
      const html = await server.ask(`${gallery}/${name}`)
      expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
      expect(html.headers.get('content-security-policy')).toContain('sandbox')
    }
    expect(page.text).toContain('    123456')
    expect(page.text).not.toContain('<script')
    expect((await server.ask(`${gallery}/none`)).status).toBe(404)
  })

  test('[MAIL7] nothing in a mail can act on the page', async () => {
    await using server = await start()
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    await server.inbox.send({ to: 'a"b@example.com', subject: attack, text: attack, html: attack })
    const page = await server.ask(`/dev/mail?to=${encodeURIComponent('a"b@example.com')}`)
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;')
    expect(page.text).not.toContain('<script')
    expect(page.text).not.toContain('<img')
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('script-src')
    expect(policy).not.toContain('unsafe')
    const source = /<iframe [^>]*sandbox [^>]*src="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
    const mail = await server.ask(source ?? 'no frame')
    expect(mail.text).toBe(attack)
    expect(mail.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/)
  })

  test('[MAIL7] the page shows the code by itself', async () => {
    await using server = await start()
    const code = await server.codeFor('ann@example.com')
    expect((await server.ask('/dev/mail')).text).toContain(`<p class="code">${code}</p>`)
  })
})
