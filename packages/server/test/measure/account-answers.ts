/**
 * Whether the time of an answer tells if an address has an account: each door is asked for a known and an
 * unknown address in turn, on the real program, and the two are compared by Welch's t. Above 4.5 in absolute
 * value they can be told apart (the bound of dudect, Reparaz et al. 2017).
 *
 *     node_modules/.bin/bun packages/server/test/measure/account-answers.ts [samples]
 */
import { startServer } from '../start-server.ts'

const samples = Number(process.argv[2] ?? 200)
const toldApart = 4.5
const password = 'correct horse battery staple'

await using server = await startServer({ RATE_LIMITS: 'off' })
const known = 'known@example.com'
const post = (path: string, body: object) => server.call(undefined, `POST /api/auth/${path}`, body)
await server.signIn(known)
await post('request-password-reset', { email: known })
const { items } = (await server.call(undefined, `GET /api/dev/mail?to=${known}`)).body as {
  items: { text: string }[]
}
const token = /token=(\S+)/.exec(items[0]?.text ?? '')?.[1]
await post('reset-password', { newPassword: password, token })

const doors: Record<string, (email: string) => [path: string, body: object]> = {
  'send a code': (email) => ['email-otp/send-verification-otp', { email, type: 'sign-in' }],
  'wrong code': (email) => ['sign-in/email-otp', { email, otp: '000000' }],
  'wrong password': (email) => ['sign-in/email', { email, password: 'not the password' }],
  'forgotten password': (email) => ['request-password-reset', { email }],
  'sign-up': (email) => ['sign-up/email', { name: 'A', email, password }],
}

async function timeOf([path, body]: [string, object]): Promise<number> {
  const startedAt = performance.now()
  await post(path, body)
  return performance.now() - startedAt
}

let number = 0
for (const [name, door] of Object.entries(doors)) {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let sample = 0; sample < samples; sample++) {
    // Which comes first changes, so that neither always follows the other.
    for (const who of sample % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const email = who === 'known' ? known : `unknown-${number++}@example.com`
      times[who].push(await timeOf(door(email)))
    }
  }
  const [a, b] = [summaryOf(times.known), summaryOf(times.unknown)]
  const t = (a.mean - b.mean) / Math.sqrt(a.variance / samples + b.variance / samples)
  const verdict = Math.abs(t) < toldApart ? 'alike' : 'TOLD APART'
  const [left, right] = [a.median.toFixed(2), b.median.toFixed(2)]
  process.stdout.write(`${name.padEnd(20)} ${left} ms / ${right} ms  t ${t.toFixed(2)}  ${verdict}\n`)
}

/** Of the lower nine tenths: what a busy machine adds to single answers says nothing of the code. */
function summaryOf(all: readonly number[]) {
  const times = all.toSorted((a, b) => a - b).slice(0, Math.ceil(all.length * 0.9))
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1)
  return { mean, variance, median: times[times.length >> 1] ?? 0 }
}
