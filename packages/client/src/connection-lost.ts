/**
 * There was no answer: not connected, cut off meanwhile, or too late. Whether a call that was under way
 * has been carried out is unknown, so only what may be done twice should be tried again.
 */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}
