/** Shown once: the server keeps their hashes alone. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <div className="rounded-medium bg-notice-soft p-4 text-notice">
      <p className="font-semibold">Put these recovery codes away. They are shown this once.</p>
      <p className="mt-1 text-small">Each opens your account once, where the app is out of reach.</p>
      <ul aria-label="Recovery codes" className="mt-3 grid gap-y-1 font-mono text-small">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  )
}
