const redirectsMax = 12

/**
 * As much of a browser as a sign-in by redirects needs: it keeps cookies, a jar for each origin, and follows.
 */
export function openBrowser() {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (url: URL) => {
    const jar = jars.get(url.origin) ?? new Map<string, string>()
    jars.set(url.origin, jar)
    return jar
  }

  async function send(
    url: URL,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) {
    const jar = jarOf(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, ...(cookie && { Cookie: cookie }) },
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(set)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }

  return {
    /** Sends JSON from a page of the site itself. */
    post: (url: string, body: object) =>
      send(new URL(url), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: new URL(url).origin },
        body: JSON.stringify(body),
      }),
    get: (url: string) => send(new URL(url)),
    /**
     * Goes to a page and on wherever it leads, until a page of the origin outside `/api/`.
     * Answers where it ended.
     */
    async follow(url: string, until: string): Promise<URL> {
      let at = new URL(url)
      for (let hop = 0; hop < redirectsMax; hop++) {
        if (at.origin === until && !at.pathname.startsWith('/api/')) return at
        const location = (await send(at)).headers.get('location')
        if (location === null) throw new Error(`${at} leads nowhere`)
        at = new URL(location, at)
      }
      throw new Error(`${url} leads round in circles`)
    },
  }
}
