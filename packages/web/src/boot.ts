// Runs before the first paint. Storage throws where a browser forbids it: then the system's theme and
// the public page are right enough.
try {
  const theme = localStorage.getItem('confab.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  const isReset = location.pathname === '/reset-password'
  if (localStorage.getItem('confab.session') && !isReset) document.documentElement.dataset.session = 'kept'
} catch {
  document.documentElement.dataset.storage = 'none'
}
