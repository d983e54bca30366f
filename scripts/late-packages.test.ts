import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { heldBack, latePackages } from './late-packages.ts'

const root = join(import.meta.dir, '..')
const now = Date.parse('2026-06-01')
const released = {
  old: { '1.0.0': '2025-01-01', '1.1.0': '2026-01-01', '2.0.0': '2026-05-30' },
  young: { '1.0.0': '2026-01-01', '1.0.1': '2026-05-01', '0.9.9': '2026-01-02' },
  preview: { '1.0.0': '2026-01-01', '1.1.0-beta.1': '2026-01-02', '1.0.1': '2026-05-30' },
  new: { '3.0.0': '2026-05-01' },
}
const last = (name: keyof typeof released) => Object.keys(released[name]).at(-1) ?? ''

test('[HOUSE14] a package is late by the first release that it lacks, not by the last', () => {
  const outdated = {
    old: { current: '1.0.0', latest: last('old') },
    young: [{ current: '1.0.0', latest: '1.0.1' }],
    preview: { current: '1.0.0', latest: '1.0.1' },
    new: { current: '3.0.0', latest: '3.0.0' },
    missing: { latest: '1.0.0' },
  }
  expect(latePackages({ outdated, released, now, daysMax: 90 })).toEqual([
    { name: 'old', current: '1.0.0', latest: '2.0.0', days: 151 },
  ])
  const all = latePackages({ outdated, released, now, daysMax: 1 })
  expect(all.map(({ name }) => name)).toEqual(['old', 'young', 'preview'])
})

test('[HOUSE14] what is held back is a package of ours, with its reason', async () => {
  const page = await Bun.file(join(root, 'docs/upkeep.md')).text()
  const { packages } = await Bun.file(join(root, 'package-lock.json')).json()
  const held = [...heldBack(page).keys()]
  expect(held).toContain('better-auth')
  expect(held.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
})

test('[HOUSE14] the bill of materials has every package that is served, by version', async () => {
  const page = await Bun.file(join(root, 'docs/upkeep.md')).text()
  const words = /^ {4}npm (sbom .+?) > /m.exec(page)?.[1]?.split(' ') ?? []
  const { stdout } = Bun.spawnSync(['npm', ...words], { cwd: root, stderr: 'ignore' })
  const bill: { components: { name: string; version: string }[] } = JSON.parse(stdout.toString())
  const told = new Set(bill.components.map(({ name, version }) => `${name} ${version}`))
  const { packages } = await Bun.file(join(root, 'package-lock.json')).json()
  const { dependencies } = await Bun.file(join(root, 'packages/server/package.json')).json()
  const wanted = Object.keys(dependencies).map(
    (name) => `${name} ${packages[`node_modules/${name}`].version}`,
  )
  expect(wanted.length).toBeGreaterThan(10)
  expect(wanted.filter((one) => !told.has(one))).toEqual([])
})
