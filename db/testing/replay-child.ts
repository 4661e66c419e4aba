/** A worker in a process of its own that carries a bulk replay on, to be killed: node --import tsx db/testing/replay-child.ts URL REPLAY */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '#db/client.ts'
import { findBulkReplay } from '#db/queries/bulk-replays.ts'
import { listDueRuns } from '#db/queries/queue.ts'
import { registerWorker } from '#db/queries/workers.ts'
import { isUnderWay } from '#server/domain/bulk-replay.ts'
import { NO_KEY } from '#server/platform/audit-log/key-store.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { advanceBulkReplay } from '#server/services/bulk-replay/advance-bulk-replay.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { recoverRuns } from '#server/services/recover-runs.ts'

const [url, given] = process.argv.slice(2)
const bulkReplayId = Number.parseInt(given!, 10)
const db = openDatabase(url!, { max: 8, name: 'control tower test child' })
const workerId = randomUUID()
const log = makeLogger({ level: 'silent' })
const context: Context = { db, log, now: () => new Date(), credential: () => undefined, auditKey: NO_KEY, workerId }
await registerWorker(db, { workerId, description: `test child, pid ${process.pid}` })
process.stdout.write('ready\n')
while (isUnderWay((await findBulkReplay(db, bulkReplayId))!.status)) {
  await recoverRuns(context)
  await advanceBulkReplay(context, bulkReplayId)
  for (const runId of await listDueRuns(db, 10)) await executeRun(context, runId)
  await sleep(5)
}
process.exit(0)
