import { useId } from 'react'

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
}

/** One of a few, all in view. Real radio buttons, so that the arrow keys move among them. */
export function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset>
      <legend className="mb-1.5 font-semibold text-small">{label}</legend>
      <div className="flex gap-1 rounded-medium bg-sunken p-1">
        {options.map((option) => (
          <label
            key={option.value}
            className="grid min-h-9 grow cursor-pointer place-items-center rounded-small px-3 font-semibold text-ink-soft text-small transition-colors duration-(--duration-quick) hover:text-ink has-checked:bg-raised has-checked:text-ink has-checked:shadow-low has-focus-visible:outline-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
