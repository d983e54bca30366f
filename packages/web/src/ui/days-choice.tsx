import { SelectField } from './select-field.tsx'

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
  const options = lengths.map((days) => ({ value: `${days}`, label: daysWords(days) }))
  return (
    <SelectField
      label={label}
      value={`${value ?? ''}`}
      options={[{ value: '', label: none }, ...options]}
      onChange={(days) => onChange(days === '' ? null : Number(days))}
    />
  )
}

export const daysWords = (days: number): string =>
  new Intl.NumberFormat(undefined, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days)
