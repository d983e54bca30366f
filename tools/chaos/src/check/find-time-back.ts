import type { Finding } from './finding.ts'
import type { View } from './view.ts'

/** Times never run backwards along the log, whatever the server's clock did. Instants compare as text. */
export function* findTimeBack({ logs }: View): Generator<Finding> {
  for (const [conversation, log] of logs) {
    let before = ''
    for (const { seq, at } of [...log.values()].sort((one, other) => one.seq - other.seq)) {
      if (at < before)
        yield { kind: 'time-back', conversation, detail: `seq ${seq} is of ${at}, after ${before}` }
      before = at
    }
  }
}
