import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { isAlive } from '#server/platform/file-lock.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { ANSWERING, superviseWorker, type WorkerProcess } from './supervise.ts'

const folder = mkdtempSync(join(tmpdir(), 'tower-supervise-'))
const pids = join(folder, 'pids')
const file = join(folder, 'worker.mjs')
const logger = makeLogger({ level: 'silent' })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A worker of a few lines: it writes down who it is and says it is ready. */
function worker(onDrain: string, onStart = '') {
  writeFileSync(pids, '')
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs'
     appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n')
     ${onStart}
     process.on('message', (message) => { if (message === 'drain') { ${onDrain} } })
     setInterval(() => {}, 1000)
     process.send('ready')`,
  )
  return { logger, signal: new AbortController().signal, command: { file, args: [], execArgv: [] }, backoffMs: 50, drainMs: 500 }
}
const started = () =>
  readFileSync(pids, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((pid) => Number.parseInt(pid, 10))

/** There is no program to start: told by 'error' alone, as where the system has no process or no file left. */
function refusingOnce(begin: () => void) {
  const { execPath } = process
  process.execPath = join(folder, 'none')
  try {
    begin()
  } finally {
    process.execPath = execPath
  }
}

/** Stopped also after a test that failed: it would go on among the workers of the next. */
const running: Promise<WorkerProcess>[] = []
const supervise = (options: Parameters<typeof superviseWorker>[0]) => {
  const supervised = superviseWorker(options)
  running.push(supervised)
  return supervised
}
afterEach(() => Promise.all(running.splice(0).map(async (supervised) => (await supervised).stop())))

test('a worker that dies is started again', async () => {
  const supervised = await supervise(worker('process.exit(0)'))
  expect(supervised.isUp()).toBe(true)
  process.kill(started()[0]!, 'SIGKILL')
  await vi.waitFor(() => expect(supervised.isUp()).toBe(false), 15_000)
  await vi.waitFor(() => expect(supervised.isUp()).toBe(true), 15_000)
  expect(started()).toHaveLength(2)
})

test('each failure in a row waits longer than the one before', async () => {
  let logged = ''
  const noting = makeLogger({ level: 'warn', output: { write: (line: string) => (logged += line) } })
  const stopping = new AbortController()
  void supervise({ ...worker('', 'process.exit(1)'), logger: noting, signal: stopping.signal })
  try {
    const waits = () => [...logged.matchAll(/"againInMs":(\d+)/g)].map(([, ms]) => ms)
    await vi.waitFor(() => expect(waits().slice(0, 3)).toEqual(['50', '100', '200']), 15_000)
    expect(started().length).toBeGreaterThanOrEqual(3)
  } finally {
    // Told to stop before a first one worked: it does not wait for one.
    stopping.abort()
  }
})

test.each([
  ['the system refuses', (begin: (args?: string[]) => void) => refusingOnce(begin)],
  ['node refuses', (begin: (args?: string[]) => void) => begin(['no\0argument'])],
])('a worker that %s to start is tried again', async (_who, begin) => {
  const options = worker('process.exit(0)')
  let supervised: Promise<WorkerProcess> | undefined
  let bad: string[] = []
  begin((args = []) => {
    bad = args
    supervised = supervise({ ...options, command: { ...options.command, args } })
  })
  bad.length = 0
  expect((await supervised!).isUp()).toBe(true)
  expect(started()).toHaveLength(1)
})

test('told to stop while none can be started, it stops', async () => {
  const stopping = new AbortController()
  let supervised: Promise<WorkerProcess> | undefined
  refusingOnce(() => {
    supervised = supervise({ ...worker(''), signal: stopping.signal, backoffMs: 60_000 })
  })
  stopping.abort()
  await (await supervised!).stop()
  expect(started()).toHaveLength(0)
})

test('told to stop, it lets the worker finish and starts no other', async () => {
  const finished = join(folder, 'finished')
  const finish = `setTimeout(() => { appendFileSync(${JSON.stringify(finished)}, ''); process.exit(0) }, 200)`
  const supervised = await supervise({ ...worker(finish), drainMs: 15_000 })
  await supervised.stop()
  expect(existsSync(finished)).toBe(true)
  await new Promise((later) => setTimeout(later, 300))
  expect(started()).toHaveLength(1)
})

test('a worker that will not finish is ended after a bounded time', async () => {
  const supervised = await supervise(worker('/* deaf */'))
  await supervised.stop()
  expect(isAlive(started()[0]!)).toBe(false)
})

test('npm start answers people with the room that was measured', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(scripts.start).toBe(`node ${ANSWERING.execArgv.join(' ')} server/main.ts`)
})
