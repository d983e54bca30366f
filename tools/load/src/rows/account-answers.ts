import { mannWhitney } from '../measure/mann-whitney.ts'
import { median } from '../measure/statistics.ts'
import type { Figure, Row, Run } from './row.ts'

const samples = 200
/** Held back for half a second each. */
const slowSamples = 40
const password = 'the lamp is green tonight'
/** Of five comparisons whose only difference is chance, one in a thousand rounds falls below this. */
const pAtLeast = 0.0002

interface Door {
  key: string
  label: string
  samples: number
  /** What is asked, untimed, before each. */
  first?: (email: string) => [path: string, body: object]
  ask: (email: string) => [path: string, body: object]
}

const sendCode = (email: string): [string, object] => [
  'email-otp/send-verification-otp',
  { email, type: 'sign-in' },
]

const doors: readonly Door[] = [
  // Not the first for either: the second takes the first one's place, which is a write more.
  { key: 'send', label: 'a code is asked for', samples, first: sendCode, ask: sendCode },
  {
    key: 'code',
    label: 'a wrong code',
    samples,
    first: sendCode,
    ask: (email) => ['sign-in/email-otp', { email, otp: 'no code' }],
  },
  {
    key: 'password',
    label: 'a wrong password',
    samples,
    ask: (email) => ['sign-in/email', { email, password: 'not the password' }],
  },
  {
    key: 'forgotten',
    label: 'a forgotten password',
    samples: slowSamples,
    ask: (email) => ['request-password-reset', { email }],
  },
  {
    key: 'signUp',
    label: 'a sign-up',
    samples: slowSamples,
    ask: (email) => ['sign-up/email', { name: 'A', email, password }],
  },
]

/**
 * Whether the time of an answer tells if an address has an account: one call at a time, either kind in turn.
 */
export const accountAnswers: Row = {
  name: 'account-answers',
  work: 'each door of the sign-in asked for an address with an account and for one without, in turn',
  population: { users: 10, conversations: 1, members: 2, messages: 0 },
  systems: ['confab'],
  roundsMax: 1,
  figures: doors.flatMap(({ key, label }): Figure[] => [
    {
      key: `${key}Ms`,
      label: `${label}: median with an account, less that without`,
      unit: 'ms',
      digits: 3,
      better: 'less',
    },
    {
      key: `${key}Larger`,
      label: `${label}: with an account slower (0.5: alike)`,
      unit: '',
      digits: 2,
      better: 'less',
    },
    {
      key: `${key}P`,
      label: `${label}: p of such a difference by chance`,
      unit: '',
      digits: 4,
      better: 'more',
      reach: { of: 'value', atLeast: pAtLeast },
    },
  ]),
  async run(run) {
    const known = 'person-1@seed.invalid'
    await choosePassword(run, known)
    const figures: Record<string, number> = {}
    for (const door of doors) {
      const times = await timeDoor(run, door, known)
      const { larger, p } = mannWhitney(times.known, times.unknown)
      figures[`${door.key}Ms`] = median(times.known) - median(times.unknown)
      figures[`${door.key}Larger`] = larger
      figures[`${door.key}P`] = p
    }
    return figures
  },
}

/** Which of the two is asked first changes, so that neither always follows the other. */
async function timeDoor(run: Run, { key, samples: wanted, first, ask }: Door, known: string) {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let sample = 0; sample < run.lasting(wanted); sample++) {
    const order = sample % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const who of order) {
      const email = who === 'known' ? known : `nobody-${key}-${sample}@seed.invalid`
      if (first) await post(run, first(email))
      const from = performance.now()
      await post(run, ask(email))
      times[who].push(performance.now() - from)
    }
  }
  return times
}

/** By the mail for a forgotten one, in the preview inbox. */
async function choosePassword(run: Run, email: string): Promise<void> {
  await post(run, ['request-password-reset', { email }])
  const inbox = await fetch(`${home(run)}/api/dev/mail?to=${email}`)
  const token = /token=([\w-]+)/.exec(await inbox.text())?.[1]
  const answer = await post(run, ['reset-password', { newPassword: password, token }])
  if (answer !== 200) throw new Error(`no password was set: ${answer}`)
}

async function post(run: Run, [path, body]: [path: string, body: object]): Promise<number> {
  const answer = await fetch(`${home(run)}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}

const home = ({ system }: Run) => `http://localhost:${system.program.port}`
