import { avatarOf } from './avatar-drawing.ts'

const sizes = { small: 'size-9', medium: 'size-12', large: 'size-20' } as const

interface AvatarProps {
  /** What the drawing is made from: the id, so that a new name keeps the face. */
  seed: string
  name: string
  /** Groups and channels are rounded squares, people round. */
  shape?: 'round' | 'square'
  size?: keyof typeof sizes
}

/** A deterministic drawing with initials. It stands beside the name, so it says nothing itself. */
export function Avatar({ seed, name, shape = 'round', size = 'medium' }: AvatarProps) {
  const { back, fore, accent, angle, initials } = avatarOf({ seed, name })
  return (
    <svg
      viewBox="0 0 48 48"
      aria-hidden="true"
      focusable="false"
      className={`shrink-0 ${sizes[size]} ${shape === 'round' ? 'rounded-full' : 'rounded-[28%]'}`}
    >
      <rect width="48" height="48" fill={back} />
      <g transform={`rotate(${angle} 24 24)`}>
        <circle cx="6" cy="44" r="25" fill={fore} />
        <circle cx="45" cy="7" r="11" fill={accent} opacity="0.55" />
      </g>
      <text
        x="24"
        y="24"
        dy="0.35em"
        textAnchor="middle"
        fontSize={initials.length > 1 ? 17 : 20}
        fontWeight="700"
        letterSpacing="0.2"
        fill="#ffffff"
      >
        {initials}
      </text>
    </svg>
  )
}
