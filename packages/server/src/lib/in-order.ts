/** Ends a step no earlier than those that it was given before, whichever is done first. */
export type InOrder = <Result>(step: Promise<Result>) => Promise<Result>

/** What is begun side by side goes on in the order in which it was begun; one that fails holds up nobody. */
export function createInOrder(): InOrder {
  let last: Promise<unknown> = Promise.resolve()
  return (step) => {
    const ended = Promise.allSettled([last, step]).then(() => step)
    last = ended
    return ended
  }
}
