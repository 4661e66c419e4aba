import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../server/main.ts', import.meta.url))
const NOTED_MAX = 5

export type Workers = {
  /** kill -9 of one of them; another takes its place. */
  kill(which: number): void
  /** Resolves once all of them are at work. */
  allUp(): Promise<void>
  /** How many ended though nobody killed them, and what they said last. */
  deaths(): { count: number; said: string[] }
  stop(): Promise<void>
}

export type WorkersOptions = { readonly ownerUrl: string; readonly folder: string; readonly count: number }

/** Real workers: the product's own program in processes of its own. One that ends is started again, as an operator's supervisor would. */
export async function startWorkers({ ownerUrl, folder, count }: WorkersOptions): Promise<Workers> {
  const children: ChildProcess[] = []
  const killed = new WeakSet<ChildProcess>()
  const ups: Promise<unknown>[] = []
  const found = { count: 0, said: [] as string[] }
  let isOver = false
  const start = (which: number): ChildProcess => {
    const child = fork(MAIN, ['--role', 'worker', '--supervised'], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        DATABASE_URL: ownerUrl,
        DATA_DIR: folder,
        DEMO: 'no',
        WORKER_CONCURRENCY: '3',
        LOG_LEVEL: 'fatal',
        NODE_ENV: 'production',
      },
    })
    // It says that it is ready, or it ends.
    ups[which] = Promise.race([once(child, 'message'), once(child, 'exit')])
    let last = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      last = `${last}${chunk.toString()}`.slice(-2_000)
    })
    child.once('exit', (code, signal) => {
      if (isOver) return
      if (!killed.has(child)) {
        found.count++
        if (found.said.length < NOTED_MAX)
          found.said.push(`a worker ended by itself with ${code ?? signal}: ${last.trim().replaceAll('\n', ' / ')}`)
      }
      children[which] = start(which)
    })
    return child
  }
  const end = () => {
    isOver = true
    for (const child of children) child.kill('SIGKILL')
  }
  process.on('exit', end)
  for (let which = 0; which < count; which++) children.push(start(which))
  await Promise.all(ups)
  return {
    kill(which) {
      const child = children[which]!
      killed.add(child)
      child.kill('SIGKILL')
    },
    async allUp() {
      await Promise.all(ups)
    },
    deaths: () => found,
    async stop() {
      isOver = true
      process.off('exit', end)
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
        }),
      )
    },
  }
}
