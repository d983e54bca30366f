import { store, stored } from './kept.ts'

export type Theme = 'system' | 'light' | 'dark'

/** The key is also boot.ts's, which sets the theme before the first paint. */
const themeKey = 'confab.theme'

export function chosenTheme(): Theme {
  const theme = stored(themeKey)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function chooseTheme(theme: Theme): void {
  store(themeKey, theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
