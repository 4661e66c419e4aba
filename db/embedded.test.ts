import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs, { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openEmbedded, type EmbeddedDatabase } from './embedded.ts'

const dataDir = fs.mkdtempSync(join(tmpdir(), 'tower-embedded-'))
chmodSync(dataDir, 0o755) // As root the server runs as another user, who must get in.
const data = join(dataDir, 'postgres')
const children = new Set<ChildProcess>()
const open: EmbeddedDatabase[] = []

beforeEach(cleanUp)
afterAll(async () => {
  await cleanUp()
  rmSync(dataDir, { recursive: true, force: true })
})

test('the first start makes the database, and the last user stops the server', async () => {
  const db = await openHere()
  expect(db.started).toBe(true)
  expect(await ask(db, 'select current_user::text as answer')).toBe('tower_owner')
  expect(fs.statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600)
  await db.release()
  expect(running()).toEqual([])
})

test('a commit is safe against a power cut, and nobody outside this machine gets in', async () => {
  const db = await openHere()
  expect(await ask(db, "select current_setting('fsync') || current_setting('synchronous_commit') as answer")).toBe('onon')
  expect(await ask(db, "select current_setting('listen_addresses') as answer")).toBe('127.0.0.1')
  const wrong = postgres(db.url.replace(/:[^:@]+@/, ':guess@'), { max: 1 })
  await expect(wrong`select 1`).rejects.toMatchObject({ code: '28P01' })
  await wrong.end()
})

test('a second process uses the running server, and whoever leaves first does not stop it', async () => {
  const db = await openHere()
  const second = await openElsewhere()
  expect(second.line).toMatchObject({ started: false, port: db.port })
  await db.release()
  expect(running()).not.toEqual([])
  await second.release()
  expect(running()).toEqual([])
})

test('processes that start at the same instant end with one server', async () => {
  const all = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere()])
  expect(all.filter(({ line }) => line.started)).toHaveLength(1)
  expect(new Set(all.map(({ line }) => line.port)).size).toBe(1)
  await Promise.all(all.map((one) => one.release()))
  expect(running()).toEqual([])
})

test('two that leave at the same instant do not take each other for a user', async () => {
  for (let round = 0; round < 5; round++) {
    const both = [await openHere(), await openHere()]
    await Promise.all(both.map((db) => db.release()))
    expect(running()).toEqual([])
  }
})

test('a start that meets a stop waits for it and starts again', async () => {
  for (let round = 0; round < 5; round++) {
    const leaving = await openHere()
    const [arriving] = await Promise.all([openHere(), leaving.release()])
    expect(await ask(arriving, "select 'here' as answer")).toBe('here')
    await arriving.release()
  }
})

test('after kill -9 of its only user the server stays up and is used again', async () => {
  const first = await openElsewhere()
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const db = await openHere()
  expect(db).toMatchObject({ started: false, port: first.line.port })
})

test('after kill -9 of PostgreSQL itself the next start recovers every commit', async () => {
  const db = await openHere()
  await run(db, 'create table if not exists kept (n int)')
  await run(db, 'insert into kept select generate_series(1, 1000)')
  const before = await ask(db, 'select count(*)::text as answer from kept')
  killServer()
  const again = await openHere()
  expect(again.started).toBe(true)
  expect(await ask(again, 'select count(*)::text as answer from kept')).toBe(before)
})

test('a left-over postmaster.pid whose id now belongs to another program does not block', async () => {
  await openHere()
  killServer()
  const file = join(data, 'postmaster.pid')
  const bystander = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { ...sameUserAs(data) })
  children.add(bystander)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, `${bystander.pid}`))
  expect((await openHere()).started).toBe(true)
  expect(bystander.exitCode).toBeNull()
})

test('a left-over start lock of a dead process, or one that stopped beating, is taken over', async () => {
  const lock = join(dataDir, 'postgres.starting')
  writeFileSync(lock, `${await deadPid()}\n`)
  const begun = performance.now()
  await (await openHere()).release()
  expect(performance.now() - begun).toBeLessThan(15_000) // At once, not after the wait for a silent holder.
  expect(existsSync(lock)).toBe(false)

  writeFileSync(lock, `${process.pid}\n`)
  const longAgo = new Date(Date.now() - 60_000)
  fs.utimesSync(lock, longAgo, longAgo)
  await openHere()
  expect(existsSync(lock)).toBe(false)
})

test('what is the same is not written again: a full disk takes neither the port nor the settings away', async () => {
  await (await openHere()).release()
  const files = [join(dataDir, 'postgres.port'), join(data, 'tower.conf')]
  const before = files.map((file) => fs.statSync(file).ino + fs.statSync(file).mtimeMs)
  await (await openHere()).release()
  expect(files.map((file) => fs.statSync(file).ino + fs.statSync(file).mtimeMs)).toEqual(before)
})

test('a busy remembered port is changed, a free one is kept', async () => {
  const first = await openHere()
  await first.release()
  const second = await openHere()
  expect(second.port).toBe(first.port)
  await second.release()

  const other = createServer().listen(first.port, '127.0.0.1')
  await once(other, 'listening')
  const third = await openHere()
  expect(third.port).not.toBe(first.port)
  other.close()
})

test('an initdb that was killed is made again, and a finished folder is never removed', async () => {
  const whole = `${data}.kept-by-the-test`
  renameSync(data, whole)
  const half = `${data}.new-${await deadPid()}`
  mkdirSync(half)
  mkdirSync(data)
  writeFileSync(join(data, 'stray'), 'not ours')
  const db = await openHere()
  await db.release()
  expect(existsSync(half)).toBe(false)
  const aside = readdirSync(dataDir).filter((name) => name.startsWith('postgres.unfinished-'))
  expect(aside.map((name) => readdirSync(join(dataDir, name)))).toEqual([['stray']])

  rmSync(data, { recursive: true })
  renameSync(whole, data)
  const old = await openHere()
  expect(await ask(old, 'select count(*)::text as answer from kept')).toBe('1000')
})

test('data of another version is refused in one sentence that says what to do', async () => {
  const file = join(data, 'PG_VERSION')
  const version = readFileSync(file, 'utf8')
  writeFileSync(file, '12\n')
  try {
    await expect(openHere()).rejects.toThrow(/made by PostgreSQL 12 and this is \d.*set DATA_DIR.*DATABASE_URL/)
  } finally {
    writeFileSync(file, version)
  }
})

test('a lost password file is said to be lost, and no new one is made up', async () => {
  const file = join(dataDir, 'postgres.password')
  renameSync(file, `${file}.aside`)
  try {
    await expect(openHere()).rejects.toThrow(/postgres\.password is missing/)
    expect(existsSync(file)).toBe(false)
  } finally {
    renameSync(`${file}.aside`, file)
  }
})

test('when PostgreSQL drops every connection, we still count as a user afterwards', async () => {
  const db = await openHere()
  await run(db, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tower-in-use'")
  await sleep(1_500)
  const second = await openElsewhere()
  await second.release()
  expect(running()).not.toEqual([])
  expect(await ask(db, "select 'still here' as answer")).toBe('still here')
})

test.each(['SIGKILL', 'SIGINT'] as const)(
  'PostgreSQL that ended by %s while it is used is started again, once, on its port',
  async (signal) => {
    const told: string[] = []
    const db = await openHere({ warn: (message) => told.push(message) })
    const second = await openElsewhere()
    await run(db, 'create table if not exists used (n int)')
    await run(db, 'insert into used values (1)')
    const before = await ask(db, 'select count(*)::text as answer from used')
    const [postmaster] = running()
    if (signal === 'SIGKILL') killServer()
    else process.kill(postmaster!, signal)
    const answers = () => ask(db, 'select count(*)::text as answer from used').catch(() => null)
    await expect.poll(answers, { timeout: 30_000 }).toBe(before)
    expect(told.length).toBeLessThanOrEqual(1) // The other process may have been first.
    // Both count as its users again: the first to leave does not stop it, the last does.
    await sleep(1_000)
    await second.release()
    expect(running()).not.toEqual([])
    await db.release()
    expect(running()).toEqual([])
  },
)

async function openHere(options: { readonly warn?: (message: string) => void } = {}) {
  const db = await openEmbedded({ dataDir, ...options })
  open.push(db)
  return db
}

const ELSEWHERE = `
  const { openEmbedded } = await import(process.argv[1])
  const db = await openEmbedded({ dataDir: process.argv[2] })
  console.log(JSON.stringify({ started: db.started, port: db.port }))
  process.stdin.once('data', async () => { await db.release(); process.exit(0) })
`

/** The same from a process of its own. */
async function openElsewhere() {
  const options = ['--import', 'tsx', '--input-type=module', '-e', ELSEWHERE, join(import.meta.dirname, 'embedded.ts'), dataDir]
  const child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.add(child)
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    child,
    line: JSON.parse(text.toString()) as { started: boolean; port: number },
    async release() {
      child.stdin.write('go\n')
      await once(child, 'exit')
    },
  }
}

async function cleanUp() {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await Promise.all(open.splice(0).map((db) => db.release()))
  if (running().length > 0) await (await openEmbedded({ dataDir })).release()
}

async function run(db: EmbeddedDatabase, statement: string) {
  const sql = postgres(db.url, { max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe<{ answer: string }[]>(statement)
  } finally {
    await sql.end()
  }
}

const ask = async (db: EmbeddedDatabase, statement: string) => (await run(db, statement))[0]?.answer

/** The server's processes by asking the system, not our own code. */
function running(): number[] {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return []
  const pid = readFileSync(file, 'utf8').split('\n')[0]
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=']).toString().trim().split('\n')
  return table
    .map((line) => line.trim().split(/\s+/))
    .filter(([own, parent, state]) => (own === pid || parent === pid) && !state?.startsWith('Z'))
    .map(([own]) => Number.parseInt(own ?? '', 10))
}

function killServer() {
  for (const pid of running()) process.kill(pid, 'SIGKILL')
}

async function deadPid() {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

function sameUserAs(path: string) {
  const { uid, gid } = fs.statSync(path)
  return process.getuid?.() === 0 ? { uid, gid } : {}
}
