import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { isAlive } from '#server/platform/file-lock.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { superviseWorker } from './supervise.ts'

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

test('a worker that dies is started again', async () => {
  const supervised = await superviseWorker(worker('process.exit(0)'))
  expect(supervised.isUp()).toBe(true)
  process.kill(started()[0]!, 'SIGKILL')
  await vi.waitFor(() => expect(supervised.isUp()).toBe(false), 5_000)
  await vi.waitFor(() => expect(supervised.isUp()).toBe(true), 5_000)
  expect(started()).toHaveLength(2)
  await supervised.stop()
})

test('each failure in a row waits longer than the one before', async () => {
  const stopping = new AbortController()
  const supervising = superviseWorker({ ...worker('', 'process.exit(1)'), signal: stopping.signal })
  await new Promise((later) => setTimeout(later, 1_500))
  const tries = started().length
  expect(tries).toBeGreaterThan(1)
  expect(tries).toBeLessThan(7) // 50 ms every time would have been a dozen and more
  // Told to stop before a first one worked: it does not wait for one.
  stopping.abort()
  await (await supervising).stop()
})

test('told to stop, it lets the worker finish and starts no other', async () => {
  const supervised = await superviseWorker(worker('setTimeout(() => process.exit(0), 200)'))
  const began = Date.now()
  await supervised.stop()
  expect(Date.now() - began).toBeGreaterThanOrEqual(200)
  await new Promise((later) => setTimeout(later, 300))
  expect(started()).toHaveLength(1)
})

test('a worker that will not finish is ended after a bounded time', async () => {
  const supervised = await superviseWorker(worker('/* deaf */'))
  await supervised.stop()
  expect(isAlive(started()[0]!)).toBe(false)
})
