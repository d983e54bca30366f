/** What the crew did, counted. */
export interface Tally {
  sends: number
  acknowledged: number
  /** When the latest of those that were acknowledged had been due. */
  acknowledgedDue: number
  resends: number
  repeats: number
  acts: number
  actsAcknowledged: number
  reads: number
  lostAnswers: number
  /** The longest that a send waited for its acknowledgement, since whoever asks set it back. */
  longestStallMs: number
  /** By code. */
  refused: Record<string, number>
}

export const emptyTally = (): Tally => ({
  sends: 0,
  acknowledged: 0,
  acknowledgedDue: 0,
  resends: 0,
  repeats: 0,
  acts: 0,
  actsAcknowledged: 0,
  reads: 0,
  lostAnswers: 0,
  longestStallMs: 0,
  refused: {},
})
