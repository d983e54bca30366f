import { readFileSync } from 'node:fs'

/** What the addresses of engines have in common, where they name several hosts and are no URLs therefore. */
export interface HostAndPort {
  host: string
  port: number
}

/** The files of PEM that an address names for TLS. */
export const pemFiles = ['ca', 'cert', 'key'] as const
export type Pems = { [File in (typeof pemFiles)[number]]?: string }

export function parseHost(text: string, usualPort: number): HostAndPort | undefined {
  const [, six, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = six ?? name
  const number = port === undefined ? usualPort : Number(port)
  return host !== undefined && number > 0 && number < 65_536 ? { host, port: number } : undefined
}

export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const namedPems = (given: URLSearchParams): Pems =>
  Object.fromEntries(pemFiles.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : [])))

/** The files, read. `setting` is the variable that names them. */
export const readPems = (setting: string, named: Pems): Pems =>
  Object.fromEntries(Object.entries(named).map(([name, file]) => [name, readPem(setting, name, file)]))

class UnreadableCertificate extends Error {
  /** EX_CONFIG of sysexits.h. */
  readonly exitStatus = 78
}

function readPem(setting: string, name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnreadableCertificate(`${setting}: ${name} can't be read: ${reason}`, { cause })
  }
}
