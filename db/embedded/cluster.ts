import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isAlive } from '#server/platform/file-lock.ts'
import { asAccount, program, type Place } from './place.ts'
import { StartError } from './start-error.ts'

const run = promisify(execFile)

export const OWNER = 'tower_owner'
const HOST = '127.0.0.1'
const START_SECONDS_MAX = 300 // Crash recovery replays up to max_wal_size.
const STOP_SECONDS_MAX = 60
const PORT_TRIES_MAX = 5
const LOG_BYTES_MAX = 10 * 1024 * 1024

/**
 * Written anew at each start, so a newer version of this program brings its own settings along.
 * fsync and synchronous_commit stay on: this is finance, and a commit we answered for must survive a power cut.
 * wal_level=minimal, since nobody replicates from here: rows copied into a table made in the same transaction are synced
 * at commit instead of being written twice. Measured, COPY of 500k rows and two indexes: 0.03 MB of log instead of 60 MB,
 * the time 5-10% less. wal_compression=pglz (this build has no lz4) made scattered updates 6 times slower: left off.
 * max_locks_per_transaction: each large load is a segment for ever, and a statement on all lines locks each with its four indexes. 1024 is
 * enough for 4,000 segments and twenty such statements at once, and takes 40 MB; 4096 takes 170 MB.
 */
function settings(port: number, dynamicSharedMemory: string | null) {
  return [
    `port = ${port}`,
    `listen_addresses = '${HOST}'`,
    `unix_socket_directories = ''`,
    `max_connections = 200`,
    `max_locks_per_transaction = 1024`,
    `shared_buffers = 256MB`,
    `huge_pages = off`,
    `work_mem = 32MB`,
    `maintenance_work_mem = 256MB`,
    `max_parallel_maintenance_workers = 2`,
    `wal_level = minimal`,
    `max_wal_senders = 0`,
    `max_wal_size = 4GB`,
    `checkpoint_timeout = 15min`,
    `timezone = 'UTC'`,
    `log_timezone = 'UTC'`,
    `lc_messages = 'C'`,
    `logging_collector = off`,
    `log_checkpoints = off`,
    ...(dynamicSharedMemory ? [`dynamic_shared_memory_type = ${dynamicSharedMemory}`] : []),
    '',
  ].join('\n')
}

export async function ensureCluster(place: Place, report: (message: string) => void) {
  await removeHalfMade(place)
  const found = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (found === null) return createCluster(place, report)

  const made = found.trim()
  if (made !== place.version.split('.')[0]) {
    throw new StartError(
      `The data in ${place.data} was made by PostgreSQL ${made} and this is ${place.version}: ` +
        'set DATA_DIR to another folder, or set DATABASE_URL to a server of that version.',
    )
  }
  const owner = await stat(place.data)
  const uid = process.getuid?.()
  if (uid !== undefined && uid !== 0 && owner.uid !== uid) {
    throw new StartError(`The data in ${place.data} belongs to another user: start as that user, or set another DATA_DIR.`)
  }
}

/**
 * Starts the server on a free port; false when remains of the last one are still there, which pass by themselves.
 * `postgres` outlives us: neither Ctrl-C nor our own death reaches it.
 */
export async function startServer(place: Place): Promise<boolean> {
  await disownStalePid(place)
  for (let tries = 1; ; tries++) {
    const port = await choosePort(place)
    await writeIfOther(join(place.data, 'tower.conf'), settings(port, await dynamicSharedMemory()))
    const complaint = await launch(place)
    if (complaint === null) return true
    if (/another postmaster|shared memory block.*still in use/i.test(complaint)) return false
    if (tries < PORT_TRIES_MAX && /Address already in use/i.test(complaint)) {
      await rm(portFile(place), { force: true })
      continue
    }
    throw complaintToError(place, complaint)
  }
}

/** Asks for a fast stop and waits until this very server is gone; another one may already be starting in its place. */
export async function stopServer(place: Place) {
  const before = await readPid(place)
  if (!before) return
  const options = ['stop', '-D', place.data, '-m', 'fast', '-W']
  await run(program(place, 'pg_ctl'), options, { ...asAccount(place.account), cwd: place.home })
  for (const until = Date.now() + STOP_SECONDS_MAX * 1000; Date.now() < until; await sleep(20)) {
    const now = await readPid(place)
    if (now?.pid !== before.pid || !(await isOurPostgres(place, before.pid))) return
  }
}

/** What the server itself wrote down: its process and its port (null while it is still starting). */
export async function readPid(place: Place): Promise<{ pid: number; port: number | null } | null> {
  const text = await readFile(pidFile(place), 'utf8').catch(() => null)
  const lines = text?.split('\n') ?? []
  const pid = Number.parseInt(lines[0] ?? '', 10)
  const port = Number.parseInt(lines[3] ?? '', 10)
  return Number.isInteger(pid) ? { pid, port: Number.isInteger(port) ? port : null } : null
}

/** A process id alone proves nothing: after a reboot or in a new container it may be anyone's, or a zombie's. */
export async function isOurPostgres(place: Place, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (platform() === 'win32') return true
  const command =
    platform() === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : await run('ps', ['-o', 'command=', '-p', `${pid}`]).then(
          ({ stdout }) => stdout,
          () => '',
        )
  return command.includes('postgres') && command.includes(place.data)
}

/** One password for the folder's life; never printed, readable by us only. */
export async function password(place: Place): Promise<string> {
  const file = join(place.home, 'postgres.password')
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return kept.trim()
  if (await stat(join(place.data, 'PG_VERSION')).catch(() => null)) {
    throw new StartError(`The file ${file} is missing, so the database cannot be opened: put it back, or set another DATA_DIR.`)
  }
  const draft = `${file}.${process.pid}`
  await writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 })
  await link(draft, file).catch(() => undefined) // Someone else was first: theirs counts.
  await rm(draft)
  return (await readFile(file, 'utf8')).trim()
}

/** Made under another name and renamed when finished, so a folder called `postgres` is always a whole one. */
async function createCluster(place: Place, report: (message: string) => void) {
  report('Creating the database (first start only)')
  const draft = `${place.data}.new-${process.pid}`
  const secret = join(place.home, `postgres.pwfile-${process.pid}`)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(secret, await password(place), { mode: 0o600 })
  if (place.account) for (const path of [draft, secret]) await chown(path, place.account.uid, place.account.gid)
  const options = [
    ['-D', draft, '-U', OWNER, '--pwfile', secret, '-A', 'scram-sha-256', '-E', 'UTF8'],
    // The order of text is the same on every machine, and needs none of its locales.
    ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
  ].flat()
  try {
    await run(program(place, 'initdb'), options, { ...asAccount(place.account), cwd: place.home })
    const conf = await open(join(draft, 'postgresql.conf'), 'a')
    await conf.appendFile("\ninclude_if_exists = 'tower.conf'\n").finally(() => conf.close())
    await rename(draft, place.data)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    const { stderr, message } = cause as { stderr?: string; message: string }
    throw complaintToError(place, stderr || message, cause)
  } finally {
    await rm(secret, { force: true })
  }
}

async function removeHalfMade(place: Place) {
  for (const name of await readdir(place.home)) {
    const pid = /^postgres\.(?:new|pwfile)-(\d+)$/.exec(name)?.[1]
    if (pid && (Number.parseInt(pid, 10) === process.pid || !isAlive(Number.parseInt(pid, 10)))) {
      await rm(join(place.home, name), { recursive: true, force: true })
    }
  }
  // Ours are renamed when whole; this is somebody else's folder, or one emptied by hand.
  const whole = await stat(join(place.data, 'global', 'pg_control')).catch(() => null)
  if (whole || !(await stat(place.data).catch(() => null))) return
  await rmdir(place.data).catch(() => rename(place.data, `${place.data}.unfinished-${Date.now()}`))
}

async function launch(place: Place): Promise<string | null> {
  const kept = await stat(place.log).catch(() => null)
  if (kept && kept.size > LOG_BYTES_MAX) await rename(place.log, `${place.log}.1`)
  const log = await open(place.log, 'a', 0o600)
  try {
    if (place.account) await log.chown(place.account.uid, place.account.gid)
    const from = (await log.stat()).size
    const options = ['start', '-D', place.data, '-l', place.log, '-w', '-t', `${START_SECONDS_MAX}`, '-s']
    const child = spawn(program(place, 'pg_ctl'), options, {
      // Not pipes: on Windows the server would inherit them, and we would wait for its end.
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
      cwd: place.home,
      ...asAccount(place.account),
    })
    const code = await new Promise<number | null>((done, fail) => child.once('exit', done).once('error', fail))
    if (code === 0) return null
    return (await readFile(place.log)).subarray(from).toString('utf8')
  } finally {
    await log.close()
  }
}

/**
 * PostgreSQL believes any living process with the id in a left-over postmaster.pid. The id is made impossible
 * rather than the file removed: its shared-memory line still stops us while orphaned backends are writing.
 */
async function disownStalePid(place: Place) {
  const found = await readPid(place)
  if (!found || !isAlive(found.pid) || (await isOurPostgres(place, found.pid))) return
  const [, ...rest] = (await readFile(pidFile(place), 'utf8')).split('\n')
  await writeFile(pidFile(place), [NO_SUCH_PID, ...rest].join('\n'))
}
const NO_SUCH_PID = 2_147_483_646 // Above what any kernel hands out.

/** The remembered port when it is free, so that tools keep their connection settings from start to start. */
async function choosePort(place: Place) {
  const kept = Number.parseInt(await readFile(portFile(place), 'utf8').catch(() => ''), 10)
  const port = (Number.isInteger(kept) && (await freePort(kept))) || (await freePort(0))
  if (!port) throw new StartError(`No port is free on ${HOST}: close other programs, or set DATABASE_URL.`)
  await writeIfOther(portFile(place), `${port}\n`)
  return port
}

/** Under another name first: on a full disk what is written over is empty, and the port of those who wait for it forgotten. */
async function writeIfOther(file: string, text: string) {
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return
  const draft = `${file}.new`
  try {
    await writeFile(draft, text)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

function freePort(port: number): Promise<number | null> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(null))
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : null))
    })
  })
}

/** Containers give /dev/shm 64 MB, and a parallel hash join or index build then fails for want of memory. */
async function dynamicSharedMemory() {
  if (platform() !== 'linux') return null
  const shm = await statfs('/dev/shm').catch(() => null)
  const enough = shm !== null && shm.bsize * shm.blocks >= 512 * 1024 * 1024
  return enough ? 'posix' : 'mmap'
}

function complaintToError(place: Place, complaint: string, cause?: unknown) {
  if (/No space left on device/i.test(complaint)) {
    return new StartError(`The disk of ${place.home} is full: free some space, or set DATA_DIR to another disk.`, { cause })
  }
  if (/Permission denied|could not access directory/i.test(complaint)) {
    const text = `PostgreSQL may not read or write ${place.data}: give it back to the user who starts this, or set DATA_DIR.`
    return new StartError(text, { cause })
  }
  const said = /(?:FATAL|PANIC|error):\s*(.+)/i.exec(complaint)?.[1] ?? complaint.trim().split('\n')[0] ?? 'no reason given'
  return new StartError(`PostgreSQL did not start (${said}): look at the end of ${place.log}, or set DATABASE_URL.`, { cause })
}

const pidFile = (place: Place) => join(place.data, 'postmaster.pid')
const portFile = (place: Place) => join(place.home, 'postgres.port')
