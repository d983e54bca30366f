const paths = {
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L21 21',
  send: 'M5 12h13M12 5.500l6.500 6.500L12 18.500',
  down: 'M12 5v14M5.500 12.500L12 19l6.500-6.500',
  close: 'M6 6l12 12M18 6L6 18',
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c.6-3.400 3.200-5 6.500-5s5.900 1.600 6.500 5M16 4.900a3.500 3.500 0 0 1 0 6.200M18 14.900c1.900.8 3.100 2.300 3.500 4.600',
  person:
    'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c.8-3.700 3.700-5.500 7.500-5.500s6.700 1.800 7.500 5.500',
  hash: 'M9.500 4L7.500 20M16.500 4l-2 16M4.500 9h16M3.500 15h16',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  globe:
    'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c-5 5.500-5 11.500 0 17M12 3.500c5 5.500 5 11.500 0 17',
  compass: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM15.500 8.500l-2 5-5 2 2-5z',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.500V12l3 2',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  checks: 'M2.500 12.800l4 4 8.500-9M11.500 15.600l1.400 1.200L21.500 7.800',
  alert: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v5M12 16.200v.1',
  leave: 'M10 4.500H5.500v15H10M14 8l4.500 4-4.500 4M18 12H9.500',
  offline:
    'M4 4l16 16M3 9.500a14 14 0 0 1 4.500-2.800M11 5.600A14 14 0 0 1 21 9.500M6.500 13.400a9 9 0 0 1 4-2.200M15 12a9 9 0 0 1 2.500 1.400M12 18.500v.1',
} as const

export type IconName = keyof typeof paths

/** A drawing only: the control around it bears the name. */
export function Icon({ name, className = 'size-5' }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  )
}
