/** Stands where one would write, in a conversation whose admins alone do. */
export function AdminsWriteNote() {
  return (
    <p className="border-line border-t p-4 text-center text-ink-faint">
      Only admins write here. You can still react to what they say.
    </p>
  )
}
