import { type ComponentProps, useId } from 'react'

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  label: string
  hint?: string | undefined
  error?: string | undefined
}

export function TextField({ label, hint, error, className = '', ...rest }: TextFieldProps) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block font-semibold text-ink text-small">
        {label}
      </label>
      <input
        id={id}
        aria-describedby={`${id}-note`}
        aria-invalid={error !== undefined}
        className={fieldLook}
        {...rest}
      />
      <FieldNote id={`${id}-note`} hint={hint} error={error} />
    </div>
  )
}

export function FieldNote({
  id,
  hint,
  error,
}: {
  id: string
  hint?: string | undefined
  error?: string | undefined
}) {
  return (
    <p
      id={id}
      role={error ? 'alert' : undefined}
      className={`mt-1.5 text-small empty:hidden ${error ? 'text-danger' : 'text-ink-faint'}`}
    >
      {error ?? hint}
    </p>
  )
}

/** 16 px at least: a smaller one makes phones zoom in. */
export const fieldLook =
  'block min-h-11 w-full rounded-medium border border-line-strong bg-raised px-3 py-2.5 text-[1rem] text-ink transition-colors duration-(--duration-quick) hover:border-ink-faint aria-invalid:border-danger'
