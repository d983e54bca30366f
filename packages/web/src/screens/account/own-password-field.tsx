import { TextField } from '../../ui/text-field.tsx'

interface OwnPasswordFieldProps {
  value: string
  onChange: (password: string) => void
  error?: string | undefined
}

/** The present one, which shows that it is the owner who sits here. */
export function OwnPasswordField({ value, onChange, error }: OwnPasswordFieldProps) {
  return (
    <TextField
      label="Your present password"
      type="password"
      autoComplete="current-password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}
