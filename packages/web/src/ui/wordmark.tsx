export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="size-8">
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path
          className="fill-on-accent"
          d="M7.500 10.500A2.500 2.500 0 0 1 10 8h8.500a2.500 2.500 0 0 1 2.500 2.500v4a2.500 2.500 0 0 1-2.500 2.500h-5.500l-3.900 3a1 1 0 0 1-1.600-.8z"
        />
        <path
          className="fill-on-accent opacity-60"
          d="M23 12.800a2.500 2.500 0 0 1 1.500 2.300v8.200a1 1 0 0 1-1.600.8l-3.900-2.900h-4a2.500 2.500 0 0 1-2.300-1.500l1-.7h4.800a4.500 4.500 0 0 0 4.500-4.500z"
        />
      </svg>
      <span className="font-bold text-title tracking-[-0.01em]">Confab</span>
    </span>
  )
}
