interface DaysChoiceProps {
  label: string
  /** What no number of days means here. */
  none: string
  value: number | null
  /** No more than these can be chosen. */
  max?: number | null
  onChange: (days: number | null) => void
}

const usual = [1, 7, 30, 90, 365, 1_095, 3_650]

/** How long something is kept, of a few lengths; another one that is set already can stay. */
export function DaysChoice({ label, none, value, max = null, onChange }: DaysChoiceProps) {
  const lengths = [...new Set([...usual, ...(value === null ? [] : [value])])]
    .filter((days) => max === null || days <= max || days === value)
    .sort((a, b) => a - b)
  return (
    <label className="grid gap-1.5">
      <span className="font-semibold text-small">{label}</span>
      <select
        className="min-h-11 rounded-medium border border-line-strong bg-surface px-3"
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? null : Number(target.value))}
      >
        <option value="">{none}</option>
        {lengths.map((days) => (
          <option key={days} value={days}>
            {daysWords(days)}
          </option>
        ))}
      </select>
    </label>
  )
}

export const daysWords = (days: number): string =>
  new Intl.NumberFormat(undefined, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days)
