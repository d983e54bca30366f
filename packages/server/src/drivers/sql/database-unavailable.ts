/** Why a server can't start on its data. The message is one line, for the person who starts it. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  readonly reason: 'in_use' | 'unwritable' | 'newer' | 'damaged' | 'unreachable' | 'keys' | 'moved'
  /** What the process should end with: EX_CONFIG of sysexits.h. */
  readonly exitStatus = 78

  constructor(
    message: string,
    { reason, cause }: { reason: DatabaseUnavailable['reason']; cause?: unknown },
  ) {
    super(message, { cause })
    this.reason = reason
  }
}
