import { existsSync } from 'node:fs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/**
 * The program of a Chromium: the one that CHROMIUM_PATH names and no other, else the first that is installed.
 */
export function findBrowser(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named) return existsSync(named) ? named : undefined
  for (const name of names) {
    const path = Bun.which(name)
    if (path) return path
  }
  return existsSync(onMac) ? onMac : undefined
}
