import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  icon: IconName
  /** Read aloud, and shown on hover. */
  label: string
}

export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${iconButtonLook} ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  )
}

/** Also for links that look like one. 44 px: a thumb's width. */
export const iconButtonLook =
  'inline-grid size-11 shrink-0 place-items-center rounded-full text-ink-soft transition-colors duration-(--duration-quick) hover:bg-hover hover:text-ink active:bg-sunken disabled:opacity-40'
