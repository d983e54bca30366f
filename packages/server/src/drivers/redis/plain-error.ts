const messageMax = 200

/**
 * The message of an error, and nothing else of it: what a client throws holds the command with its arguments,
 * among them passwords, users and sessions, and an engine that knows no such command answers them.
 */
export function plainError(cause: unknown): Error {
  const [said = ''] = wordsOf(cause).split(', with args')
  return new Error(said.slice(0, messageMax))
}

/** Some errors of the network have no message. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || ('code' in cause ? String(cause.code) : cause.name)
}
