/** What `npm outdated --json` tells of a package; several where workspaces have several versions of it. */
interface Outdated {
  current?: string
  latest: string
}

export interface Late {
  name: string
  current: string
  latest: string
  /** Since the first release that is newer than ours. */
  days: number
}

const dayMs = 86_400_000

/**
 * Those of the packages that have had a newer release for longer than they may. `released` is when each
 * version of a package came out, as `npm view NAME time --json` tells it; releases before the one in use
 * don't count, nor do previews.
 */
export function latePackages({
  outdated,
  released,
  now,
  daysMax,
}: {
  outdated: Readonly<Record<string, Outdated | Outdated[]>>
  released: Readonly<Record<string, Readonly<Record<string, string>>>>
  now: number
  daysMax: number
}): Late[] {
  return Object.entries(outdated).flatMap(([name, told]) => {
    const [{ current, latest } = { latest: '' }] = [told].flat()
    const times = released[name] ?? {}
    if (current === undefined || current === latest) return []
    const since = Date.parse(times[current] ?? '')
    const newer = Object.entries(times)
      .filter(([version]) => /^\d+\.\d+\.\d+$/.test(version) && isNewer(version, current))
      .map(([, time]) => Date.parse(time))
      .filter((time) => !(time <= since))
    const days = Math.floor((now - Math.min(...newer)) / dayMs)
    return days > daysMax ? [{ name, current, latest, days }] : []
  })
}

function isNewer(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(Number))
  const at = one?.findIndex((part, index) => part !== other?.[index]) ?? -1
  return at >= 0 && (one?.[at] ?? 0) > (other?.[at] ?? 0)
}

/** The packages that docs/upkeep.md holds back, each with its reason. */
export const heldBack = (page: string): Map<string, string> =>
  new Map([...page.matchAll(/^\| `(.+?)` \| (\S.*) \|$/gm)].map(([, name = '', why = '']) => [name, why]))
