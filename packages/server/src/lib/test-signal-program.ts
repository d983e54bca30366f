import { nextSignal } from './process-end.ts'

/** For tests: asked to end, it does once its input ends; until then a line of that is so many milliseconds. */
const say = (line: string) => process.stdout.write(`${line}\n`)
let elapsed = 0
const signal = nextSignal(() => elapsed)
say('up')
say(await signal)
for await (const line of console) {
  elapsed += Number(line)
  say(`${elapsed}`)
}
process.exit(0)
