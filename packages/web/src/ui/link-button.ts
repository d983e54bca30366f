/** A link that looks like the primary button. */
export const linkButtonLook =
  'inline-flex min-h-11 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-medium bg-accent px-4 font-semibold text-body text-on-accent shadow-low transition-colors duration-(--duration-quick) hover:bg-accent-hover'

export const quietLinkButtonLook =
  'inline-flex min-h-11 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-medium border border-line-strong/50 bg-raised px-4 font-semibold text-body text-ink transition-colors duration-(--duration-quick) hover:bg-hover'
