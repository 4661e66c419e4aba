import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ensureCluster, OWNER, password, readPid, startServer } from '#db/embedded/cluster.ts'
import { preparePlace } from '#db/embedded/place.ts'

const GONE_MS_MAX = 30_000

export type Cluster = {
  /** The owner's address of the database `postgres`. The same after every start. */
  readonly url: string
  readonly folder: string
  /** kill -9 of the server and all its processes. Returns how many there were. */
  kill(): Promise<number>
  /** SIGINT: rolls back and stops. SIGQUIT: drops everything at once, and recovers at the next start. */
  stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>
  /** Waits until it takes connections again. */
  start(): Promise<void>
  isUp(): Promise<boolean>
  /** Kills it and removes its folder. */
  remove(): Promise<void>
}

/** A PostgreSQL of a trial's own, as the product starts its embedded one, in a temporary folder or in the given one. */
export async function openCluster(given?: string): Promise<Cluster> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'tower-chaos-')))
  await chmod(folder, 0o711)
  const place = await preparePlace(folder, () => undefined)
  await ensureCluster(place, () => undefined)
  const secret = await password(place)
  const start = async () => {
    const until = Date.now() + GONE_MS_MAX
    while (!(await startServer(place))) {
      if (Date.now() > until) throw new Error('the remains of the last server do not go away')
      await sleep(100)
    }
  }
  await start()
  const port = (await readPid(place))!.port
  const ourPid = async () => {
    const found = await readPid(place)
    return found && (await isThere(found.pid)) ? found.pid : null
  }
  const kill = async () => {
    const pid = await ourPid()
    if (pid === null) return 0
    // Stopped first, so that it neither starts new processes nor cleans up after those that die.
    process.kill(pid, 'SIGSTOP')
    const all = [...(await childrenOf(pid)), pid]
    for (const each of all) killQuietly(each)
    await untilGone(all)
    return all.length
  }
  const onExit = () => {
    const pid = Number.parseInt(quietly(() => readFileSync(join(place.data, 'postmaster.pid'), 'utf8')) ?? '', 10)
    if (pid > 1) killQuietly(pid)
    if (!given) quietly(() => rmSync(folder, { recursive: true, force: true }))
  }
  process.on('exit', onExit)
  return {
    url: `postgres://${OWNER}:${secret}@127.0.0.1:${port}/postgres`,
    folder,
    kill,
    start,
    isUp: async () => (await ourPid()) !== null,
    async stop(signal) {
      const pid = await ourPid()
      if (pid === null) return
      process.kill(pid, signal)
      await untilGone([pid])
    },
    async remove() {
      await kill()
      process.off('exit', onExit)
      if (!given) await rm(folder, { recursive: true, force: true })
      if (!given && place.home !== folder) await rm(place.home, { recursive: true, force: true })
    },
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  if (platform() !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) =>
        line
          .trim()
          .split(/\s+/)
          .map((text) => Number.parseInt(text, 10)),
      )
    return rows.filter(([, parent]) => parent === pid).map(([child]) => child!)
  }
  const children: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // pid (name) state ppid: the name may hold anything, so it is read from its last bracket on.
    const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    if (line.slice(line.lastIndexOf(')') + 2).split(' ')[1] === String(pid)) children.push(Number.parseInt(name, 10))
  }
  return children
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (const until = Date.now() + GONE_MS_MAX; Date.now() < until; await sleep(5)) {
    const there = await Promise.all(pids.map(isThere))
    if (!there.includes(true)) return
  }
  throw new Error('PostgreSQL did not go away')
}

/** A process that ended and that nobody has buried is not there: on Linux it has no command line any more. */
async function isThere(pid: number): Promise<boolean> {
  if (quietly(() => process.kill(pid, 0)) === null) return false
  return platform() !== 'linux' || (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== ''
}

const killQuietly = (pid: number) => quietly(() => process.kill(pid, 'SIGKILL'))

function quietly<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
