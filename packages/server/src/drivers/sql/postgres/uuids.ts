/** Several ids as one value, for `ANY($1::uuid[])`. */
export const uuids = (ids: Iterable<string>): string => `{${[...ids].join(',')}}`
