import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { openDatabase, closeDatabase } from '#db/client.ts'
import { registerWorker } from '#db/queries/workers.ts'
import type { Logger as Log } from '#server/platform/logger.ts'
import { decideTicks, type KnownDue } from '#server/services/decide-ticks.ts'
import { reviveExceptions } from '#server/services/revive-exceptions.ts'
import { judgeFeeds } from '#server/services/judge-feeds.ts'
import { makeContext } from '#server/services/services.ts'
import { every, EVERY_FIVE_SECONDS } from './every.ts'
import { guarded } from './guarded.ts'

export type SchedulerOptions = { readonly appUrl: string; readonly logger: Log; readonly now: () => Date }

/**
 * On the second, so that a due time is seen the moment it begins, also after a turn that was slow or failed. Due times are whole
 * minutes: between them a look now and then is enough, for jobs that changed.
 */
const EVERY = '* * * * * *'
const LOOK_MS = 5_000
const MINUTE_MS = 60_000

/**
 * The clock. Any number of these may run: each looks at what is due and the database lets one decide. What was missed while
 * none was up is decided here at the start.
 */
export async function startScheduler({ appUrl, logger, now }: SchedulerOptions): Promise<{ stop(): Promise<void> }> {
  const db = openDatabase(appUrl, { max: 3, name: 'control tower scheduler' })
  const by = `scheduler on ${hostname()}, pid ${process.pid}`
  // Seen alive like a worker: by a lock that the server frees the moment the process dies.
  const registration = await registerWorker(db, { workerId: randomUUID(), description: by })
  const context = makeContext({ db, logger, now })
  const known: KnownDue = new Map()
  const decide = lookWhenDue(now, () => decideTicks(context, { by, known }))
  const judge = lookWhenDue(now, () => judgeFeeds(context))
  const revive = lookWhenDue(now, () => reviveExceptions(context))
  const turn = async () => {
    await guarded(logger, 'deciding what is due', decide)
    await guarded(logger, 'judging feeds', judge)
    await guarded(logger, 'taking up what was ended', revive)
  }
  const clock = [
    every(EVERY, logger, 'the clock', turn),
    every(EVERY_FIVE_SECONDS, logger, 'heartbeat', () => registration.beat([])),
  ]
  const first = turn()
  return {
    async stop() {
      for (const task of clock) task.stop()
      await first
      await registration.release().catch(() => undefined)
      await closeDatabase(db)
    },
  }
}

/** Looks in each new minute, a while after the last look, and again at once after one that failed. */
function lookWhenDue(now: () => Date, look: () => Promise<unknown>): () => Promise<void> {
  let lookedAt: number | null = null
  return async () => {
    const at = now().getTime()
    const isSameMinute = lookedAt !== null && Math.floor(at / MINUTE_MS) === Math.floor(lookedAt / MINUTE_MS)
    if (isSameMinute && at - lookedAt! < LOOK_MS) return
    lookedAt = null
    await look()
    lookedAt = at
  }
}
