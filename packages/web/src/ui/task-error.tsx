/** Why a deed failed, where it was done. */
export function TaskError({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <p role="alert" className="mt-2 text-danger text-small">
      {error}
    </p>
  )
}
