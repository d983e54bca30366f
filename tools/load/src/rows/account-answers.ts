import { mannWhitney } from '../measure/mann-whitney.ts'
import { median } from '../measure/statistics.ts'
import type { Figure, Row, Run } from './row.ts'

const samples = 200
/** Held back for half a second each. */
const slowSamples = 40
const password = 'the lamp is green tonight'
/** Of nine comparisons whose only difference is chance, one in a thousand rounds falls below this. */
const pAtLeast = 0.0001

interface Door {
  key: string
  label: string
  samples: number
  /** Who may sign up meanwhile. */
  signUp: 'open' | 'invited' | 'domains' | 'closed'
  /** What is asked, untimed, before each. */
  first?: (email: string) => [path: string, body: object]
  ask: (email: string, invitation: string) => [path: string, body: object]
}

const sendCode = (email: string): [string, object] => [
  'email-otp/send-verification-otp',
  { email, type: 'sign-in' },
]

// Not the first for either: the second takes the first one's place, which is a write more.
const codeAsked = { samples, first: sendCode, ask: sendCode }

const doors: readonly Door[] = [
  { key: 'send', label: 'a code is asked for', signUp: 'open', ...codeAsked },
  { key: 'sendInvited', label: 'a code is asked for, `invited`', signUp: 'invited', ...codeAsked },
  { key: 'sendDomains', label: 'a code is asked for, `domains`', signUp: 'domains', ...codeAsked },
  { key: 'sendClosed', label: 'a code is asked for, `closed`', signUp: 'closed', ...codeAsked },
  {
    key: 'code',
    label: 'a wrong code',
    signUp: 'open',
    samples,
    first: sendCode,
    ask: (email) => ['sign-in/email-otp', { email, otp: 'no code' }],
  },
  {
    key: 'password',
    label: 'a wrong password',
    signUp: 'open',
    samples,
    ask: (email) => ['sign-in/email', { email, password: 'not the password' }],
  },
  {
    key: 'forgotten',
    label: 'a forgotten password',
    signUp: 'open',
    samples: slowSamples,
    ask: (email) => ['request-password-reset', { email }],
  },
  {
    key: 'signUp',
    label: 'a sign-up',
    signUp: 'open',
    samples: slowSamples,
    ask: (email) => ['sign-up/email', { name: 'A', email, password }],
  },
  {
    key: 'signUpInvited',
    label: 'a sign-up, `invited`',
    signUp: 'invited',
    samples: slowSamples,
    ask: (email, invitation) => ['sign-up/email', { name: 'A', email, password, invitation }],
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
    const { token } = await administer(run, 'POST', 'invitations', { uses: null })
    const figures: Record<string, number> = {}
    for (const door of doors) {
      const { signUp } = door
      await administer(run, 'PATCH', 'account-settings', { signUp, domains: ['example.org'] })
      const times = await timeDoor(run, door, { known, invitation: token })
      const { larger, p } = mannWhitney(times.known, times.unknown)
      figures[`${door.key}Ms`] = median(times.known) - median(times.unknown)
      figures[`${door.key}Larger`] = larger
      figures[`${door.key}P`] = p
    }
    return figures
  },
}

/** Which of the two is asked first changes, so that neither always follows the other. */
async function timeDoor(
  run: Run,
  { key, samples: wanted, first, ask }: Door,
  { known, invitation }: { known: string; invitation: string },
) {
  const times = { known: [] as number[], unknown: [] as number[] }
  const statuses = new Set<number>()
  for (let sample = 0; sample < run.lasting(wanted); sample++) {
    const order = sample % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const who of order) {
      const email = who === 'known' ? known : `nobody-${key}-${sample}@seed.invalid`
      if (first) await post(run, first(email))
      const from = performance.now()
      statuses.add(await post(run, ask(email, invitation)))
      times[who].push(performance.now() - from)
    }
  }
  // Told apart without a clock, or refused for another reason than is meant here.
  if (statuses.size > 1) throw new Error(`${key}: answered ${[...statuses]}`)
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

/** As the first of the population, who runs the installation. */
async function administer(run: Run, method: string, path: string, body: object) {
  const answer = await fetch(`${home(run)}/api/v1/admin/${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${run.population.users[0]?.token}`,
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { token: string }
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
