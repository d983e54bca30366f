/** Takes an operational error that no caller waits for. `context` says what was being done. */
export type Report = (context: string, cause: unknown) => void
