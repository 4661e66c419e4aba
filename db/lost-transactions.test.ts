import { once } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { closeDatabase, copyClientOf, lockClientOf, openDatabase, type Database } from './client.ts'
import { useDatabase } from './testing/database.ts'

const world = useDatabase()

test.each([
  ['goes on with another statement', true],
  ['comes to its end', false],
])(
  'a transaction whose connection is cut while it waits for something else, and that then %s, leaves nothing and hurts nobody',
  async (_how, hasMore) => {
    const db = openDatabase(world.appUrl, { max: 1 })
    const crashes: unknown[] = []
    const note = (error: unknown) => void crashes.push(error)
    process.on('uncaughtException', note)
    try {
      const go = new EventTarget()
      const key = `lost-${hasMore}`
      const insert = (what: string) =>
        sql`insert into commands (idempotency_key, command, actor, request_hash, result) values (${`${key} ${what}`}, 'test', 'test', ${'0'.repeat(64)}, 'null')`
      const lost = db.transaction(async (tx) => {
        await tx.execute(insert('first'))
        const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
        const waiting = once(go, 'go')
        await world.owner`select pg_terminate_backend(${row!.pid})`
        await waiting
        if (hasMore) await tx.execute(insert('second'))
      })
      await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
      // The pool has opened its one connection again: what the lost work sends now must not go there.
      expect(await db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }])
      go.dispatchEvent(new Event('go'))
      await sleep(50)
      expect(await db.execute(sql`select idempotency_key from commands where idempotency_key like ${`${key}%`}`)).toEqual([])
      expect(crashes).toEqual([])
    } finally {
      process.off('uncaughtException', note)
      await closeDatabase(db)
    }
  },
)

test('what a lost transaction held in memory goes once nobody waits for it', async () => {
  const db = openDatabase(world.appUrl, { max: 1 })
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  try {
    const held: WeakRef<object>[] = []
    for (let n = 0; n < 6; n++) held.push(await loseOne(db))
    const left = () => {
      collectGarbage()
      return held.filter((one) => one.deref() !== undefined).length
    }
    // The driver remembers the last one or two that it was asked.
    await expect.poll(left, { timeout: 10_000 }).toBeLessThanOrEqual(2)
  } finally {
    await closeDatabase(db)
  }
})

/** By a function of its own: nothing of it stands in the frame of the test. */
async function loseOne(db: Database): Promise<WeakRef<object>> {
  const much = { rows: new Array<number>(100_000).fill(1) }
  let go = () => {}
  const waiting = new Promise<void>((done) => (go = done))
  const lost = db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await world.owner`select pg_terminate_backend(${row!.pid})`
    await waiting
    return much.rows.length
  })
  // Not by `expect`, which keeps what it was given.
  const code = await lost.catch((error: { code?: string }) => error.code)
  expect(code).toBe('CONNECTION_CLOSED')
  go()
  await sleep(50)
  return new WeakRef(much)
}

test('the server gives a connection up half a minute after its machine vanished without a word, but none that takes long to read a copy', async () => {
  const copies = copyClientOf(world.db)
  for (const client of [world.db.$client, copies, lockClientOf(world.db)]) {
    const rows = await client`select name, setting from pg_settings where name like 'tcp_%' order by name`
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      tcp_keepalives_count: '3',
      tcp_keepalives_idle: '10',
      tcp_keepalives_interval: '5',
      tcp_user_timeout: client === copies ? '0' : '30000',
    })
  }
})

test('a statement that is given to a connection in the moment it is lost fails, and the connection is opened again for the next', async () => {
  const connect = vi.spyOn(Socket.prototype, 'connect')
  const db = openDatabase(world.appUrl, { max: 1 })
  try {
    for (let i = 0; i < 3; i++) {
      await db.execute(sql`select 1`)
      const socket = connect.mock.contexts.at(-1) as Socket
      socket.destroy()
      // Between this and the end of the turn its loss is not told yet; what it is given is put down for the next turn.
      await setImmediate()
      await expect(db.execute(sql`select 2`)).rejects.toMatchObject({ cause: { code: 'CONNECTION_CLOSED' } })
      expect(await db.execute(sql`select 3 as three`)).toEqual([{ three: 3 }])
    }
  } finally {
    connect.mockRestore()
    await closeDatabase(db)
  }
})
