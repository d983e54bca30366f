import { passwordCodePointsMin } from '../session/passwords.ts'
import { TextField } from './text-field.tsx'

interface NewPasswordFieldProps {
  label?: string
  value: string
  onChange: (password: string) => void
  error: string | undefined
}

export function NewPasswordField({ label = 'Password', value, onChange, error }: NewPasswordFieldProps) {
  return (
    <TextField
      label={label}
      name="new-password"
      type="password"
      autoComplete="new-password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      hint={`${passwordCodePointsMin} characters or more. A few words in a row are easy to keep.`}
      error={error}
    />
  )
}
