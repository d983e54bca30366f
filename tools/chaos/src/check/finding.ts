/** The promises that a history may show broken. */
export const findingKinds = [
  'lost',
  'duplicated',
  'gap',
  'reordered',
  'disagreement',
  'leaked',
  'cursor-back',
  'time-back',
  'erased-shown',
  'unchecked',
] as const

export type FindingKind = (typeof findingKinds)[number]

export interface Finding {
  kind: FindingKind
  conversation: string
  /** Whose history shows it, where it is one's alone. */
  client?: string
  detail: string
}
