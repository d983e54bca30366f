/**
 * How many processes are to serve, and what is to be said where `auto` takes one though there are more cores.
 */
export function processCount(
  wanted: number | 'auto',
  { platform, cores, isShared }: { platform: NodeJS.Platform; cores: number; isShared: boolean },
): { count: number; why?: string } {
  // Elsewhere a port can't be shared, or one of those who share it gets all connections.
  const canShare = platform === 'linux'
  if (wanted !== 'auto' && wanted > 1 && !canShare) throw new OneProcessOnly()
  if (wanted !== 'auto') return { count: wanted }
  if (!canShare || !isShared) {
    const why = canShare ? 'several need DATABASE_URL and REDIS_URL' : 'several share a port on Linux alone'
    return { count: 1, why: `PROCESSES=auto is one process here: ${why}` }
  }
  return { count: cores }
}

class OneProcessOnly extends Error {
  readonly exitStatus = 78
  constructor() {
    super('PROCESSES must be 1 or auto: several share a port on Linux alone')
  }
}
