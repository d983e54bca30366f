import type { ComponentProps } from 'react'
import { fieldLook } from './text-field.tsx'

interface SearchFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  /** Read aloud; it stands in no label beside it. */
  label: string
  query: string
  onQuery: (query: string) => void
}

/** Narrows what stands below it as one types. */
export function SearchField({ label, query, onQuery, className = fieldLook, ...rest }: SearchFieldProps) {
  return (
    <input
      type="search"
      aria-label={label}
      autoComplete="off"
      value={query}
      onChange={(event) => onQuery(event.target.value)}
      className={className}
      {...rest}
    />
  )
}
