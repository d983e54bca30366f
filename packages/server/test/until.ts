import { within } from './within.ts'

/** Asked again and again, since nobody tells of it, but not so often that the asking keeps what is waited for. */
const pauseMs = 50
const untilMs = 60_000

/** Waits until it holds, or throws that what was waited for did not come. */
export function until(holds: () => Promise<boolean>, what = 'a change'): Promise<void> {
  let isOver = false
  const asking = async () => {
    while (!isOver && !(await holds())) await Bun.sleep(pauseMs)
  }
  return within(asking(), what, untilMs).finally(() => {
    isOver = true
  })
}
