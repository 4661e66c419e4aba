/** A worker in a process of its own, to be killed: node --import tsx db/testing/run-child.ts URL RUN | URL delivery DELIVERY */
import { randomUUID } from 'node:crypto'
import { openDatabase } from '#db/client.ts'
import { registerWorker } from '#db/queries/workers.ts'
import { NO_KEY } from '#server/platform/audit-log/key-store.ts'
import { makeLogger } from '#server/platform/logger.ts'
import type { Context } from '#server/services/context.ts'
import { carryOutDelivery } from '#server/services/deliver/carry-out-delivery.ts'
import { executeRun } from '#server/services/execute-run.ts'

const [url, runId, deliveryId] = process.argv.slice(2)
const db = openDatabase(url!, { max: 8, name: 'control tower test child' })
const workerId = randomUUID()
const context: Context = {
  db,
  log: makeLogger({ level: 'silent' }),
  now: () => new Date(),
  credential: () => undefined,
  auditKey: NO_KEY,
  workerId,
}
await registerWorker(db, { workerId, description: `test child, pid ${process.pid}` })
if (deliveryId) await carryOutDelivery(context, Number.parseInt(deliveryId, 10))
else await executeRun(context, Number.parseInt(runId!, 10))
process.exit(0)
