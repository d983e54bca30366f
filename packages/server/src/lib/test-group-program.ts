import { systemClock } from './clock.ts'
import { joinGroup } from './group-member.ts'

/** A process of a group in a test: `GROUP_STATUS` ends it before it is ready. */
const { GROUP_STATUS: status, GROUP_SAYS: says = 'ready' } = process.env
if (status !== undefined) process.exit(Number(status))
const member = joinGroup({
  number: Number(process.argv[2]),
  ownMetrics: async () => `# HELP pid Of a process.\n# TYPE pid gauge\npid ${process.pid}\n`,
  clock: systemClock,
})
member.ready(says)
await member.nextEnd()
process.exit(says === 'fails' ? 3 : 0)
