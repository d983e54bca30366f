import { readdirSync, readFileSync } from 'node:fs'

/** A program under measurement, pinned to one core, looked at through the operating system alone. */
export interface Program extends AsyncDisposable {
  readonly port: number
  /** From the start of the process to the line that told the port. */
  readonly listeningAfterMs: number
  readonly startedAt: number
  /** CPU time that all its threads have used, in milliseconds. The kernel counts in steps of 10 ms. */
  cpuMs(): number
  rssBytes(): number
}

export interface ProgramOptions {
  command: string[]
  env?: Record<string, string>
  cwd: string
  core: number
  /** Finds the port in what the program prints. */
  portIn: RegExp
}

/** USER_HZ, which Linux has fixed at 100 for what it tells programs. */
const tickMs = 10
const startWithinMs = 30_000
const stopWithinMs = 15_000

export async function startProgram({ command, env, cwd, core, portIn }: ProgramOptions): Promise<Program> {
  const startedAt = performance.now()
  const child = Bun.spawn(['taskset', '-c', String(core), ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let said = ''
  const told = Promise.withResolvers<number>()
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      said = (said + decoder.decode(chunk, { stream: true })).slice(-20_000)
      const port = portIn.exec(said)?.[1]
      if (port) told.resolve(Number(port))
    }
  }
  void Promise.all([listen(child.stdout), listen(child.stderr)])
  void child.exited.then((status) =>
    told.reject(new Error(`${command.join(' ')} ended (${status}):\n${said}`)),
  )
  const timer = setTimeout(
    () => told.reject(new Error(`${command.join(' ')} told no port:\n${said}`)),
    startWithinMs,
  )
  const port = await told.promise.finally(() => clearTimeout(timer))
  const listeningAfterMs = performance.now() - startedAt
  const { pid } = child

  return {
    port,
    listeningAfterMs,
    startedAt,
    cpuMs: () => cpuMsOf(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    rssBytes: () => rssBytesOf(readFileSync(`/proc/${pid}/status`, 'utf8')),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await child.exited
      clearTimeout(late)
    },
  }
}

/** From the third on: the second may hold blanks and brackets. */
const fieldsOf = (stat: string) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

/** `utime` and `stime` of proc_pid_stat(5), the 14th and 15th field. */
export function cpuMsOf(stat: string): number {
  const fields = fieldsOf(stat)
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

/** Of a process and all that it has started, those that have ended included. */
export function cpuMsOfTree(root: number): number {
  const stats = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      return [[Number(pid), readFileSync(`/proc/${pid}/stat`, 'utf8')] as const]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
  const ofTree = (pid: number): number => {
    const stat = stats.find(([one]) => one === pid)?.[1]
    if (stat === undefined) return 0
    const children = stats.filter(([, other]) => Number(fieldsOf(other)[1]) === pid)
    const ended = Number(fieldsOf(stat)[13]) + Number(fieldsOf(stat)[14])
    return cpuMsOf(stat) + ended * tickMs + children.reduce((sum, [child]) => sum + ofTree(child), 0)
  }
  return ofTree(root)
}

export function rssBytesOf(status: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kilobytes === undefined) throw new Error('the process tells no VmRSS')
  return Number(kilobytes) * 1_024
}

/** Pins this process, every thread of it, to a core. */
export function pinSelf(core: number): void {
  const { exitCode, stderr } = Bun.spawnSync(['taskset', '-a', '-c', '-p', String(core), String(process.pid)])
  if (exitCode !== 0) throw new Error(`can't be pinned to core ${core}: ${stderr.toString()}`)
}

/** CPU time that all processes of the machine have used, in milliseconds: tells how much others disturbed. */
export function machineCpuMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? []
  return (user + nice + system + irq + softirq) * tickMs
}

export const coreCount = (): number =>
  readdirSync('/sys/devices/system/cpu').filter((name) => /^cpu\d+$/.test(name)).length
