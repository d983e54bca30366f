/** The major version of the public contract: the `v1` in every path. */
export const protocolVersion = 1
