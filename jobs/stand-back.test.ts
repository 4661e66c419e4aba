import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'

const world = useDatabase()
const CHILD = fileURLToPath(new URL('./testing/clock-child.ts', import.meta.url))

test.skipIf(process.platform !== 'linux' || process.env.DATABASE_URL)(
  'a worker of its own, and what PostgreSQL does for it, come after people',
  async () => {
    const worker = fork(CHILD, ['worker', world.appUrl, 'stands-back'], { execArgv: ['--import', 'tsx'] })
    try {
      await once(worker, 'message')
      const usual = getPriority()
      const threads = async () => (await readdir(`/proc/${worker.pid}/task`)).map((id) => getPriority(Number(id)) > usual)
      await expect.poll(threads, { timeout: 15_000 }).not.toContain(false)
      const weighed = async (names: string) => {
        const rows = await world.owner.unsafe<{ pid: number }[]>(
          `select pid from pg_stat_activity where datname = current_database() and application_name ${names} 'control tower worker'`,
        )
        return rows.map(({ pid }) => getPriority(pid) > usual)
      }
      await expect.poll(() => weighed('='), { timeout: 15_000 }).toContain(true)
      expect(await weighed('<>')).not.toContain(true)
    } finally {
      worker.kill('SIGKILL')
    }
  },
)
