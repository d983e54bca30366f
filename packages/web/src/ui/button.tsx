import type { ComponentProps } from 'react'

const looks = {
  primary: 'bg-accent text-on-accent shadow-low hover:bg-accent-hover',
  quiet: 'border border-line-strong/50 bg-raised text-ink hover:bg-hover',
  plain: 'text-accent hover:bg-accent-soft',
  danger: 'border border-danger/50 text-danger hover:bg-danger-soft',
} as const

interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof looks
  busy?: boolean
}

/** Busy keeps its place in the tab order and its focus, and does nothing. */
export function Button({ look = 'primary', busy = false, className = '', onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`inline-flex min-h-11 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-medium px-4 font-semibold text-body transition-colors duration-(--duration-quick) active:translate-y-px disabled:opacity-50 aria-busy:cursor-progress ${looks[look]} ${className}`}
      {...rest}
    />
  )
}
