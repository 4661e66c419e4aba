import { fork, type ChildProcess, type StdioOptions } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { environmentWith } from '#server/platform/env.ts'
import type { Logger } from '#server/platform/logger.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
/**
 * A load makes millions of short-lived strings. In half the room (16 MB) it takes as long and the process 36 MB less, but a replay
 * seems to take a tenth longer (bench/results.md).
 */
const YOUNG_SPACE = '--max-semi-space-size=32'
/**
 * What runs leave behind dies in old age, and V8 lets it lie until there is four times what lives: a worker of small runs grew to
 * 390 MB of which 57 lived. Asked at 1.4 times, it stayed at 253 (bench/results.md).
 */
const OLD_SPACE = '--heap-growing-percent=40'
/**
 * How a process that answers people is started, `npm start` as well. A page leaves little to die young: in half the room V8 would
 * take for it, the process stays at 240 to 320 MB instead of 350, and pages come as soon (bench/results.md).
 */
export const ANSWERING = { execArgv: ['--max-semi-space-size=8', OLD_SPACE, '--import', 'tsx'] }
/** How a process that loads is started, also to be measured. Threads that share two heaps of malloc leave less unused in each. */
export const LOADING = {
  execArgv: [YOUNG_SPACE, OLD_SPACE, '--import', 'tsx'],
  settings: { MALLOC_ARENA_MAX: '2' },
}
const WORKER: Command = { file: MAIN, args: ['--role', 'worker', '--supervised'], ...LOADING }
const READY_MS_MAX = 30_000
const DRAIN_MS_MAX = 10_000
const BACKOFF_MS = { first: 500, longest: 30_000 }
const STDIO: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc']
/** A worker that lived this long was healthy, and its death is not counted against the next one. */
const HEALTHY_AFTER_MS = 60_000

export type WorkerProcess = { isUp(): boolean; stop(): Promise<void> }
type Command = { file: string; args: string[]; execArgv: string[]; settings?: Record<string, string> }
type Options = {
  logger: Logger
  signal: AbortSignal
  command?: Command
  /** What else the process says. */
  onMessage?: (message: unknown) => void
  backoffMs?: number
  drainMs?: number
}

/** Keeps one worker process running until told to stop. Resolves when the first one works, or after a while without. */
export async function superviseWorker(options: Options): Promise<WorkerProcess> {
  const { logger, signal, command = WORKER, drainMs = DRAIN_MS_MAX } = options
  const firstBackoff = options.backoffMs ?? BACKOFF_MS.first
  let child: ChildProcess | null = null
  let up = false
  let stopping = false
  let backoff = firstBackoff
  let restart: NodeJS.Timeout | undefined

  const firstReady = new Promise<void>((ready) => {
    setTimeout(ready, READY_MS_MAX).unref()
    signal.addEventListener('abort', () => ready(), { once: true })
    const start = () => {
      const begun = Date.now()
      const again = (ending: object) => {
        up = false
        child = null
        if (stopping) return
        if (Date.now() - begun > HEALTHY_AFTER_MS) backoff = firstBackoff
        logger.warn({ ...ending, againInMs: backoff }, 'the worker process ended and is started again')
        restart = setTimeout(start, backoff)
        backoff = Math.min(backoff * 2, BACKOFF_MS.longest)
      }
      try {
        child = begin(again)
      } catch (error) {
        again({ err: error })
      }
    }
    const begin = (again: (ending: object) => void): ChildProcess => {
      const own = fork(command.file, command.args, {
        execArgv: command.execArgv,
        env: environmentWith(command.settings),
        stdio: STDIO,
      })
      own.on('error', (error) => {
        // Where it could not be started nothing else is said of it.
        if (own.pid === undefined) again({ err: error })
        else logger.error({ err: error }, 'the worker process could not be told something')
      })
      own.on('message', (message) => {
        if (message !== 'ready') return options.onMessage?.(message)
        up = true
        ready()
      })
      own.once('exit', (code, killedBy) => again({ code, killedBy }))
      return own
    }
    start()
  })
  await firstReady

  return {
    isUp: () => up,
    async stop() {
      stopping = true
      clearTimeout(restart)
      const own = child
      if (own?.pid === undefined) return
      const gone = new Promise<void>((done) => own.once('exit', () => done()))
      // It finishes the tasks it holds. Killed, they would wait for another worker to notice.
      if (own.connected) own.send('drain')
      const tooLong = setTimeout(() => own.kill('SIGKILL'), drainMs)
      await gone
      clearTimeout(tooLong)
    },
  }
}
