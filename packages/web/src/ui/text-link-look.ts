/** A button that looks like a link in a line of small text. */
export const textLinkLook =
  'min-h-9 rounded-small font-semibold text-accent text-small underline-offset-4 hover:underline disabled:text-ink-faint disabled:no-underline'
