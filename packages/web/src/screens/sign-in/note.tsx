interface NoteProps {
  kind: 'error' | 'news'
  text: string | undefined
}

/** A word above the form about what led here. */
export function Note({ kind, text }: NoteProps) {
  if (text === undefined) return null
  return (
    <p
      role={kind === 'error' ? 'alert' : 'status'}
      className={`mb-5 rounded-medium px-3.5 py-2.5 text-small ${
        kind === 'error' ? 'bg-danger-soft text-danger' : 'bg-notice-soft text-notice'
      }`}
    >
      {text}
    </p>
  )
}
