import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { withFileLock } from '#server/platform/file-lock.ts'
import { ensureCluster, isOurPostgres, OWNER, password, readPid, startServer, stopServer } from './embedded/cluster.ts'
import { preparePlace, type Place } from './embedded/place.ts'
import { StartError } from './embedded/start-error.ts'
import { LONG_GREETING, promptly } from './prompt-socket.ts'

export { StartError }

export type EmbeddedDatabase = {
  /** The owner, a superuser. */
  readonly url: string
  readonly port: number
  readonly version: string
  /** False when another process, or an earlier run that was killed, had left it running. */
  readonly started: boolean
  /** Stops the server unless another process still uses it. */
  release(): Promise<void>
}

/** Another process is starting, stopping or recovering; past this without a sign of life we give up. */
const PATIENCE_MS = 30_000
const PATIENCE_IN_ALL_MS = 600_000
const DATABASE = 'tower'
/** Held by every process that uses the server: shared while using, exclusive for the one that stops it. */
const IN_USE_LOCK = 4_211_700_001

export type EmbeddedOptions = {
  readonly dataDir: string
  /** What is being done until it is open. */
  readonly report?: (message: string) => void
  /** What became of the server later, when it had ended under us. */
  readonly warn?: (message: string) => void
}

/**
 * The embedded PostgreSQL of a data folder: made on the first call, started when it does not run, shared when it does.
 * It is a real server in its own processes, so `kill -9` of node leaves it running for the next start to use. When it ends while it is
 * used it is started again, on the same port.
 */
export async function openEmbedded({ dataDir, report = silent, warn = silent }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const place = await preparePlace(dataDir, report)
  const secret = await password(place)
  const ours: Ours = { place, secret, warn }
  const patience = waiting(place)
  let started = false
  for (;;) {
    const found = await attach(ours)
    if (found.state === 'attached') return opened(place, secret, found, started)
    if (found.state === 'absent') {
      const mine = await startIfAbsent(ours, report)
      started ||= mine
      if (mine) continue
    }
    await patience.wait(found.state, report)
  }
}

const silent = () => undefined

type Ours = { readonly place: Place; readonly secret: string; readonly warn: (message: string) => void }

/** False where somebody else is at it or was faster: another process may have started it while we came here. */
async function startIfAbsent(ours: Ours, report: (message: string) => void): Promise<boolean> {
  const { place } = ours
  const mine = await withFileLock(join(place.home, 'postgres.starting'), async () => {
    if ((await readPid(place)) && (await attach(ours, 'look')).state !== 'absent') return false
    await ensureCluster(place, report)
    return startServer(place)
  })
  return mine === true
}

type Attached = { state: 'attached'; port: number; session: Session }
type Found = Attached | { state: 'absent' | 'changing' | 'recovering' }
type Session = { sql: postgres.Sql; port: number; closing: boolean; isComingBack: boolean }

/** Connects and takes the shared lock. With 'look' it only tells whether someone is there. */
async function attach(ours: Ours, how: 'use' | 'look' = 'use'): Promise<Found> {
  const { place } = ours
  const running = await readPid(place)
  if (!running) return { state: 'absent' }
  const isOurs = await isOurPostgres(place, running.pid)
  if (!running.port) return { state: isOurs ? 'changing' : 'absent' }

  const session = openSession(ours, running.port)
  const close = async (state: 'absent' | 'changing' | 'recovering'): Promise<Found> => {
    session.closing = true
    await session.sql.end({ timeout: 1 })
    return { state }
  }
  try {
    const [server] = await session.sql<{ folder: string }[]>`select current_setting('data_directory') as folder`
    if (!(await samePath(server?.folder, place.data))) return close(isOurs ? 'changing' : 'absent')
    if (how === 'look') return close('changing')
    // Refused only while the last user is stopping the server.
    if (!(await holdInUse(session.sql))) return close('changing')
    return { state: 'attached', port: running.port, session }
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === '57P03' && /starting up|recover|not yet accepting/.test((error as Error).message)) return close('recovering')
    return close(isOurs ? 'changing' : 'absent')
  }
}

function openSession(ours: Ours, port: number): Session {
  const session: Session = {
    port,
    closing: false,
    isComingBack: false,
    sql: postgres({
      host: '127.0.0.1',
      port,
      // Advisory locks belong to one database; this one is never dropped or restored.
      database: 'postgres',
      username: OWNER,
      password: ours.secret,
      ssl: false,
      max: 1,
      idle_timeout: 0,
      max_lifetime: 0, // The default renews the connection after half an hour, and the lock would be gone.
      connect_timeout: 5,
      backoff: () => 0, // The pauses are ours: see comeBack.
      fetch_types: false, // Its query is nobody's to catch when the server goes away during it.
      onnotice: () => undefined,
      connection: { application_name: 'tower-in-use', ...LONG_GREETING },
      ...promptly(),
      onclose: () => {
        if (!session.closing) void comeBack(ours, session)
      },
    }),
  }
  return session
}

async function holdInUse(sql: postgres.Sql) {
  const [row] = await sql<{ held: boolean }[]>`select pg_try_advisory_lock_shared(${IN_USE_LOCK}) as held`
  return row?.held === true
}

/**
 * The connection broke. After a crash inside PostgreSQL it is new and holds nothing: say again that we are here. Where the server has
 * ended as a whole it is started again: nobody else would, and a night of runs waits for it.
 */
async function comeBack(ours: Ours, session: Session): Promise<void> {
  // Each try that fails closes a connection as well.
  if (session.isComingBack) return
  session.isComingBack = true
  const lostAt = Date.now()
  for (let pauseMs = LOOK_MS; !session.closing; ) {
    await sleep(pauseMs, undefined, { ref: false })
    if (session.closing || (await holdInUse(session.sql).catch(() => false))) break
    if (Date.now() - lostAt < GONE_MS || !(await isGone(ours.place))) continue
    const problem = await startAgain(ours, session)
    pauseMs = problem ? Math.min(2 * pauseMs, START_AGAIN_MS_MAX) : LOOK_MS
    if (problem) ours.warn(problem)
  }
  session.isComingBack = false
}

const LOOK_MS = 250
/** Time for whoever ended it to start it themselves. */
const GONE_MS = 2_000
const START_AGAIN_MS_MAX = 30_000

const isGone = async (place: Place): Promise<boolean> => {
  const running = await readPid(place)
  return running === null || !(await isOurPostgres(place, running.pid))
}

/** What kept it from starting, in words; null where it runs or somebody else is starting it. */
async function startAgain(ours: Ours, { port }: Session): Promise<string | null> {
  try {
    if (!(await startIfAbsent(ours, ours.warn))) return null
  } catch (error) {
    return (error as Error).message
  }
  const isOnItsPort = (await readPid(ours.place))?.port === port
  ours.warn(
    isOnItsPort
      ? 'PostgreSQL had ended and was started again'
      : 'PostgreSQL had ended and was started again on another port, since its own is taken: start this program again',
  )
  return null
}

async function opened(place: Place, secret: string, { port, session }: Attached, started: boolean): Promise<EmbeddedDatabase> {
  await ensureDatabase(session.sql)
  let released: Promise<void> | null = null
  return {
    url: `postgres://${OWNER}:${secret}@127.0.0.1:${port}/${DATABASE}`,
    port,
    version: place.version,
    started,
    release: () => (released ??= release(place, session)),
  }
}

async function ensureDatabase(sql: postgres.Sql) {
  const [there] = await sql`select 1 from pg_database where datname = ${DATABASE}`
  if (there) return
  // Two processes may come here together; the second finds it made.
  await sql.unsafe(`create database ${DATABASE}`).catch((error: { code?: string }) => {
    if (error.code !== '42P04' && error.code !== '23505') throw error
  })
}

async function release(place: Place, session: Session) {
  session.closing = true
  try {
    // Given up before asking: two that leave together while still holding would each take the other for a user.
    await session.sql`select pg_advisory_unlock_shared(${IN_USE_LOCK})`
    const [row] = await session.sql<{ alone: boolean }[]>`select pg_try_advisory_lock(${IN_USE_LOCK}) as alone`
    if (row?.alone) await stopServer(place)
  } catch {
    // The server is already gone, or going: there is nothing to stop.
  } finally {
    await session.sql.end({ timeout: 1 })
  }
}

function waiting(place: Place) {
  const begun = Date.now()
  let lastSign = begun
  let said = false
  return {
    async wait(state: Found['state'], report: (message: string) => void) {
      if (state === 'recovering' && !said && Date.now() - begun > 2_000) {
        report('PostgreSQL is recovering from an unclean stop')
        said = true
      }
      const starting = await stat(join(place.home, 'postgres.starting')).catch(() => null)
      if (state === 'recovering' || (starting && Date.now() - starting.mtimeMs < 5_000)) lastSign = Date.now()
      if (Date.now() - lastSign > PATIENCE_MS || Date.now() - begun > PATIENCE_IN_ALL_MS) {
        const running = await readPid(place)
        const who = running ? `PostgreSQL process ${running.pid}` : 'Another start'
        throw new StartError(`${who} holds ${place.data} but does not answer: end it and start again.`)
      }
      await sleep(100)
    },
  }
}

async function samePath(one: string | undefined, other: string) {
  const [a, b] = await Promise.all([one, other].map((path) => (path ? realpath(path).catch(() => path) : null)))
  return a === b
}
