import { useEffect, useId, useRef } from 'react'
import { FieldNote } from '../../ui/text-field.tsx'

export const codeDigits = 6

interface CodeFieldProps {
  value: string
  onChange: (digits: string) => void
  busy: boolean
  error: string | undefined
}

/**
 * One field that looks like six. One, so that pasting, autofill from the mail, deleting and screen
 * readers work as in any field; the boxes only draw what it holds.
 */
export function CodeField({ value, onChange, busy, error }: CodeFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-semibold text-small">
        Six-digit code
      </label>
      <div className="relative">
        <input
          ref={input}
          id={id}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          // Not maxLength: it would cut "123 456" before the space is dropped.
          value={value}
          readOnly={busy}
          onChange={(event) => onChange(event.target.value.replace(/\D/g, '').slice(0, codeDigits))}
          aria-describedby={`${id}-note`}
          aria-invalid={error !== undefined}
          className="peer absolute inset-0 z-10 size-full opacity-0"
        />
        <div
          aria-hidden="true"
          className="group grid grid-cols-6 gap-2 rounded-medium peer-focus:[&>[data-next]]:border-accent peer-focus:[&>[data-next]]:ring-2 peer-focus:[&>[data-next]]:ring-accent/35 peer-aria-invalid:[&>span]:border-danger"
        >
          {boxes.map((box) => (
            <span
              key={box}
              data-next={box === Math.min(value.length, codeDigits - 1) || undefined}
              className="grid h-13 place-items-center rounded-medium border border-line-strong bg-surface font-mono font-semibold text-[1.375rem] tabular-nums transition-colors"
            >
              {value[box] ?? ''}
            </span>
          ))}
        </div>
      </div>
      <FieldNote id={`${id}-note`} error={error} />
    </div>
  )
}

const boxes = Array.from({ length: codeDigits }, (_, box) => box)
