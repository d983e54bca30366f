const forwarding = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'true-client-ip',
])
const isForwarding = (name: string): boolean => /^x-(forwarded|original)/.test(name) || forwarding.has(name)

/** Whether a proxy says that it has passed the request on. */
export const isPassedOn = (headers: Headers): boolean => [...headers.keys()].some(isForwarding)
