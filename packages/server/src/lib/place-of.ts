import { hostsOf } from './database-hosts.ts'

/** Which database an address names, and where, without the password. */
export function placeOf(url: string): string {
  const places = hostsOf(url).map((one) => new URL(one))
  return `the database ${places[0]?.pathname.slice(1)} at ${places.map(({ host }) => host).join(' or ')}`
}
