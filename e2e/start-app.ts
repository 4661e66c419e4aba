import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// A first start builds the pages and makes the demonstration.
const START_MS_MAX = 400_000
const STOP_MS_MAX = 30_000

/** Starts the product as a newcomer does, with `npm start` and nothing else, in a folder of its own; stops it at the end. */
export default async function startApp(): Promise<(() => Promise<void>) | undefined> {
  // Whoever writes a journey lets the application run and names it.
  if (process.env.E2E_ADDRESS) return
  const dataDir = await mkdtemp(join(tmpdir(), 'tower-e2e-'))
  const app = spawn('npm', ['start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // DATABASE_URL, where it is set, comes along: then the journeys are walked on that database.
    env: { ...process.env, NODE_ENV: 'production', DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn' },
    detached: true,
    cwd: join(import.meta.dirname, '..'),
  })
  const stop = async () => {
    await end(app)
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  try {
    const address = await firstAddress(app)
    await ready(address)
    process.env.E2E_ADDRESS = address
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

/** The address it prints when it is up. What it says until then is kept for whoever has to find out why it is not. */
function firstAddress(app: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = ''
    const giveUp = (why: string) => fail(new Error(`The application ${why}. It said:\n${said}`))
    const late = setTimeout(() => giveUp(`was not up within ${START_MS_MAX / 1000} seconds`), START_MS_MAX)
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const address = /^ *Open +(http:\S+)/m.exec(said)?.[1]
      if (address) {
        clearTimeout(late)
        done(address)
      }
    }
    app.stdout?.on('data', listen)
    app.stderr?.on('data', (chunk: Buffer) => {
      listen(chunk)
      process.stderr.write(chunk)
    })
    app.once('exit', (code) => giveUp(`ended with ${code} while it started`))
  })
}

async function ready(address: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${address}/readyz`).catch(() => null)
    if (answer?.ok) return
    await sleep(200)
  }
  throw new Error(`${address}/readyz does not become ready`)
}

/** Asks npm, which asks the application; whatever is left of the group after that is ended. */
async function end(app: ChildProcess): Promise<void> {
  if (app.exitCode === null && app.signalCode === null) {
    const ended = new Promise<void>((done) => app.once('exit', () => done()))
    app.kill('SIGTERM')
    await Promise.race([ended, sleep(STOP_MS_MAX, undefined, { ref: false })])
  }
  for (let tries = 0; tries < 50 && groupIsThere(app); tries++) await sleep(200)
  if (groupIsThere(app)) process.kill(-app.pid!, 'SIGKILL')
}

function groupIsThere(app: ChildProcess): boolean {
  try {
    return app.pid !== undefined && process.kill(-app.pid, 0)
  } catch {
    return false
  }
}
