/**
 * A scheduler or a worker in a process of its own, to be killed: node --import tsx jobs/testing/clock-child.ts scheduler|worker URL [stands-back].
 * Its clock goes as many milliseconds ahead as it is told.
 */
import { startScheduler } from '#jobs/scheduler.ts'
import { startWorker } from '#jobs/worker.ts'
import { makeLogger } from '#server/platform/logger.ts'

const [role, appUrl, standing] = process.argv.slice(2)
let aheadMs = 0
process.on('message', (ms: number) => {
  aheadMs = ms
})
const common = { appUrl: appUrl!, logger: makeLogger({ level: 'silent' }), now: () => new Date(Date.now() + aheadMs) }
if (role === 'worker')
  await startWorker({ ...common, concurrency: 3, traceDays: 30, ...(standing && { standsBack: { serverIsHere: true } }) })
else await startScheduler(common)
process.send?.('up')
// Alive until it is killed or its parent is gone.
process.on('disconnect', () => process.exit(0))
