/** One connection of a system under test, in the few words that every row speaks. */
export interface ChatClient {
  /** Sends a text and calls back when it is acknowledged, or refused because the server is busy. */
  send(conversationId: string, text: string, answered: (accepted: boolean) => void): void
  /** Follows conversations from the given cursors on; resolves with how many events it was behind. */
  follow(cursors: ReadonlyMap<string, number>): Promise<number>
  /** Called for each message delivered, with its frame, which is good only during the call. */
  onMessage: (bytes: Uint8Array, start: number, end: number) => void
  /** Ends the connection as a lost network does. */
  kill(): void
}

/**
 * Called by a client whose connection ended without `kill`, or that was refused something: the run is void.
 */
export type OnTrouble = (trouble: string) => void

export const byteOf = (character: string): number => character.charCodeAt(0)

/** Reads the decimal number that begins at `at`. */
export function numberAt(bytes: Uint8Array, at: number): number {
  let number = 0
  for (let index = at; ; index++) {
    const digit = (bytes[index] ?? 0) - 48
    if (digit < 0 || digit > 9) return number
    number = number * 10 + digit
  }
}

const decoder = new TextDecoder()

export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  decoder.decode(bytes.subarray(start, end))
