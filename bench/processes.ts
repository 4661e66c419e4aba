import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LOADING } from '#server/roles/supervise.ts'

const WORKER = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const LOOK_MS = 100
const STOP_MS_MAX = 15_000

export type Measured = {
  readonly pid: number
  /** The most memory it was seen to use, in MB. */
  peakMb(): number
  /** Processor seconds it has used so far. */
  cpuSeconds(): number
  /** Does nothing until `goOn`, and loses nothing. */
  pause(): void
  goOn(): void
  stop(): Promise<void>
}

export const startWorkerProcess = (appUrl: string, slots?: number): Promise<Measured> =>
  startMeasured(WORKER, slots ? [appUrl, String(slots)] : [appUrl], { execArgv: LOADING.execArgv, env: LOADING.settings })

/** A process that says 'ready', and ends by itself when it is told anything; its memory is looked at from outside. */
export async function startMeasured(
  file: string,
  args: readonly string[],
  { execArgv, env, say = 'end' }: { execArgv: readonly string[]; env?: Partial<NodeJS.ProcessEnv>; say?: string },
): Promise<Measured> {
  const stdio: ['ignore', 'ignore', 'inherit', 'ipc'] = ['ignore', 'ignore', 'inherit', 'ipc']
  const child = fork(file, [...args], { execArgv: [...execArgv], stdio, env: { ...process.env, ...env } })
  await isReady(child)
  const pid = child.pid!
  let peakKb = 0
  let cpu = 0
  const look = () => {
    peakKb = Math.max(peakKb, residentKb(pid))
    cpu = Math.max(cpu, cpuSecondsOf(pid))
  }
  const looking = setInterval(look, LOOK_MS)
  return {
    pid,
    peakMb: () => Math.round(peakKb / 1024),
    cpuSeconds: () => {
      look()
      return cpu
    },
    pause: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async stop() {
      look()
      clearInterval(looking)
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.send(say)
      const tooLong = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await gone
      clearTimeout(tooLong)
    },
  }
}

function isReady(child: ChildProcess): Promise<void> {
  return new Promise((ready, fail) => {
    child.once('message', () => ready())
    child.once('exit', (code) => fail(new Error(`a process ended with ${code} before it was ready`)))
  })
}

/** Linux only; 0 elsewhere, and of a process that is gone. */
export function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0)
}

const TICKS_PER_SECOND = 100

/** User and system time of a process, all its threads. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND
}

export const parentOf = (pid: number): number => Number(statOf(pid)[1] ?? 0)

/** What follows the name, which may hold anything, in /proc/PID/stat. */
function statOf(pid: number): string[] {
  const stat = textOf(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
