import { join } from 'node:path'

/** The provider program as a process of its own, with accounts by the name that `login_hint` asks for. */
export async function startOidcProvider(settings: {
  redirectUri: string
  accounts: Record<string, { email: string; email_verified: boolean; name: string }>
}) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'oidc-provider.mjs'), JSON.stringify(settings)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const issuer = await firstLine(child.stdout)
  return {
    issuer,
    /** From now on; with nothing it is right again. */
    async goWrong(wrong: Wrong) {
      await fetch(`${issuer}/wrong`, { method: 'POST', body: JSON.stringify(wrong) })
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
    },
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let said = ''
  const decoder = new TextDecoder()
  for await (const part of stream) {
    said += decoder.decode(part, { stream: true })
    const end = said.indexOf('\n')
    if (end >= 0) return said.slice(0, end)
  }
  throw new Error('the provider ended before it served')
}

/** What a provider that isn't to be trusted does, as `oidc-provider.mjs` says it. */
export interface Wrong {
  claims?: Record<string, string> | null
  subject?: string
  moved?: string
}
