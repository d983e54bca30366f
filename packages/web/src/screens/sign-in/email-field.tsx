import { TextField } from '../../ui/text-field.tsx'

interface EmailFieldProps {
  value: string
  onChange: (email: string) => void
  error: string | undefined
}

export function EmailField({ value, onChange, error }: EmailFieldProps) {
  return (
    <TextField
      label="Email"
      name="email"
      type="email"
      inputMode="email"
      autoComplete="email"
      autoCapitalize="none"
      spellCheck={false}
      placeholder="you@example.org"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}
