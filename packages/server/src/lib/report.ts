/** Takes an operational error that no caller waits for. `context` says what was being done. */
export type Report = (context: string, cause: unknown) => void

/**
 * Ends the process, unless it has a handler of its own for what nobody caught: for want of a better place.
 */
export const reportUncaught: Report = (context, cause) => reportError(new Error(context, { cause }))
