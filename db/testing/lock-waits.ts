import { setTimeout as sleep } from 'node:timers/promises'
import type { TestDatabase } from './database.ts'

/** Until so many wait for a lock in the database of this test file. */
export async function untilLockWaits({ owner }: Pick<TestDatabase, 'owner'>, many = 1): Promise<void> {
  const waiting = () => owner`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await waiting()).length < many) await sleep(10)
}
