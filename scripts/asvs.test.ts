import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '..')

/** The requirements of levels 1 and 2 of ASVS 5.0.0: of each section the numbers, from-to. */
const levels1And2 =
  '1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1-1 3.2.1-2 3.3.1-4 3.4.1-6 ' +
  '3.5.1-5 3.7.1-2 4.1.1-3 4.2.1-1 4.3.1-2 4.4.1-4 5.1.1-1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 ' +
  '6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2 ' +
  '8.2.1-3 8.3.1-1 8.4.1-1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 ' +
  '10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1-1 11.6.1-1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1-1 ' +
  '13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1-1 16.2.1-5 ' +
  '16.3.1-4 16.4.1-3 16.5.1-3 17.1.1-1 17.2.1-4 17.3.1-2'

const numbersOf = (range: string): string[] => {
  const [, section = '', from = 0, to = 0] = /^(\d+\.\d+)\.(\d+)-(\d+)$/.exec(range) ?? []
  return Array.from(
    { length: Number(to) - Number(from) + 1 },
    (_, index) => `${section}.${Number(from) + index}`,
  )
}

interface Requirement {
  number: string
  state: string
  files: string[]
  rules: string[]
  why: string
}

async function readPage(): Promise<{ text: string; requirements: Requirement[] }> {
  const text = await Bun.file(join(root, 'docs/asvs.md')).text()
  const rows = text.matchAll(/^\| (\d+\.\d+\.\d+) \| .+? \| (.+?) \| (.*?) ?\| (.*?) ?\| (.*?) ?\|$/gm)
  const requirements = [...rows].map(([, number = '', state = '', where = '', rules = '', why = '']) => ({
    number,
    state,
    files: [...where.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    rules: rules.split(', ').filter((rule) => rule !== ''),
    why,
  }))
  return { text, requirements }
}

async function textsOf(glob: string): Promise<string> {
  const paths = [...new Bun.Glob(glob).scanSync(root)].filter((path) => !path.includes('node_modules'))
  return (await Promise.all(paths.map((path) => Bun.file(join(root, path)).text()))).join('\n')
}

test('[HOUSE13] docs/asvs.md has every requirement of levels 1 and 2 once, with its state', async () => {
  const { text, requirements } = await readPage()
  expect(requirements.map(({ number }) => number)).toEqual(levels1And2.split(' ').flatMap(numbersOf))
  const states = Map.groupBy(requirements, ({ state }) => state)
  for (const state of states.keys()) expect(['met', 'partly', 'not yet', 'operator', 'n/a']).toContain(state)
  for (const [state, ones] of states) expect(text).toContain(`| ${state} | ${ones.length} |`)
})

test('[HOUSE13] what is met names where and by which rule, what isn’t why; files and rules exist, with tests', async () => {
  const { requirements } = await readPage()
  const rules = await textsOf('docs/spec/*.md')
  const tests = await textsOf('{packages,tools,scripts}/**/*.{test,contract}.{ts,tsx}')
  const wrong = requirements.flatMap(({ number, state, files, rules: named, why }) => {
    const isShown = state === 'met' || state === 'partly'
    return [
      ...(isShown === files.length > 0 && isShown === named.length > 0
        ? []
        : [`${number}: where, and by what?`]),
      ...(state === 'met' || why !== '' ? [] : [`${number}: why?`]),
      ...files.filter((file) => !existsSync(join(root, file))).map((file) => `${number}: no ${file}`),
      ...named.filter((rule) => !rules.includes(`**${rule}**`)).map((rule) => `${number}: no rule ${rule}`),
      ...named.filter((rule) => !tests.includes(`[${rule}]`)).map((rule) => `${number}: no test of ${rule}`),
    ]
  })
  expect(wrong).toEqual([])
})
