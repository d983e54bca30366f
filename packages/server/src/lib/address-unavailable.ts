/** The address can't be listened on. The message is one line, for the person who starts the server. */
export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable'
  /** EX_CONFIG of sysexits.h. */
  readonly exitStatus = 78

  constructor({ host, port }: { host: string; port: number }, { cause }: { cause: unknown }) {
    super(whyUnavailable(cause, host, port), { cause })
  }
}

function whyUnavailable(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken: set PORT to another, or end the program that listens there`
    case 'EACCES':
      return `port ${port} may not be listened on by this user: set PORT to one above 1023`
    default:
      return `${host}:${port} can't be listened on (${code}): set HOST to an address of this machine`
  }
}
