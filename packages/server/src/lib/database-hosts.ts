const form = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]+)(.*)$/

/**
 * An address of PostgreSQL for each of the hosts that it names, in their order:
 * `postgres://user@one:5432,two/chat` is one at `one:5432` and one at `two`, as for libpq.
 * Empty for what is no such address.
 */
export function hostsOf(url: string): string[] {
  const [, before, hosts, after] = form.exec(url) ?? []
  return hosts === undefined ? [] : hosts.split(',').map((host) => `${before}${host}${after}`)
}
