/** Which database an address names, without the password. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `the database ${pathname.slice(1)} at ${host}`
}
