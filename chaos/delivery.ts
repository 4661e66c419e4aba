import { setTimeout as sleep } from 'node:timers/promises'
import { randomOf, type Random } from '#db/seed/world/random.ts'
import { documentTarget } from '#db/testing/delivery.ts'
import { ADMIN, keepFile, runUntilEnded } from '#db/testing/load.ts'
import { listDueDeliveries } from '#db/queries/deliveries.ts'
import type { DeliveredLine } from '#server/connectors/target.ts'
import { startPlanningSimulator, type PlanningFault } from '#server/connectors/simulator/planning-simulator.ts'
import { retryDelivery } from '#server/services/change-delivery.ts'
import { carryOutDelivery } from '#server/services/deliver/carry-out-delivery.ts'
import { recoverDeliveries } from '#server/services/deliver/recover-deliveries.ts'
import { openCluster } from './cluster.ts'
import { Tally } from './compare.ts'
import { centsOf, csvOf, Source } from './source.ts'
import { openTower, openWorker, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'

/** Acknowledgements cut after the target committed, for each of the two targets. */
const CUTS: Readonly<Record<Size, number>> = { brief: 20, quick: 25, long: 1_000 }
/** Every so often something else goes wrong with the request that sends, or with one that asks. */
const OTHERS: readonly PlanningFault[] = [
  'cut_before',
  '503_after',
  '503_before',
  'html',
  'half_answered',
  'silent_after',
  'down',
]
const OF_QUESTIONS: readonly PlanningFault[] = ['cut_after', '503_before', 'html', 'silent', 'down']
/** Longer than the simulator takes to commit what was cut off. */
const SETTLE_MS = 250
const LATE_EVERY = 7
const LINES = 40
const TURNS_MAX = 200_000
const TURNS_MORE = 50
/** So often the worker loses the database in the middle, with whatever it was about to write. */
const LOST_EVERY = 25

/**
 * The target commits and nobody hears of it, over and over: with idempotency keys, and without. What is unknown is asked by natural
 * key; in the end there is one document each, as it was published last, and every total agrees.
 */
export const trial: Trial = { name: 'delivery', run }

async function run({ random, size, loads, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const cluster = await openCluster()
  try {
    for (const knowsKeys of [true, false]) await tryTarget({ random, cuts: loads ?? CUTS[size], knowsKeys, tell, tally, cluster })
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

type Tried = {
  readonly random: Random
  readonly cuts: number
  readonly knowsKeys: boolean
  readonly tally: Tally
  readonly cluster: Awaited<ReturnType<typeof openCluster>>
  tell(text: string): void
}

async function tryTarget({ random, cuts, knowsKeys, tally, cluster, tell }: Tried): Promise<void> {
  const simulator = await startPlanningSimulator({ knowsKeys })
  const rows = randomOf(`rows ${random.whole(0, 1_000_000)}`)
  const target = documentTarget(simulator.url, { idempotencyKeys: knowsKeys, batchSize: 4, timeoutMs: 300, settleMs: SETTLE_MS })
  const name = knowsKeys ? 'keyed' : 'plain'
  const source = new Source(rows, name, name, { targets: [target], retry: { attempts: 20, baseMs: 10, maxMs: 20 } })
  const tower = await openTower(cluster, name, [source.job])
  const worker = await openWorker(tower.appUrl)
  const cut = { after: 0, others: 0, isOver: false }
  let sent = 0
  simulator.fault = ({ path }) => {
    if (cut.isOver || cut.after >= cuts) return null
    if (random.whole(0, 9) === 0) {
      cut.others++
      return random.pick(path === 'documents' ? OTHERS : OF_QUESTIONS)
    }
    if (path !== 'documents') return null
    if (++sent % LATE_EVERY === 0) {
      cut.others++
      return 'commits_late'
    }
    cut.after++
    return 'cut_after'
  }
  try {
    // Nothing is sent where nothing is ever due.
    for (let turn = 1; !cut.isOver && cut.after < cuts && turn <= cuts + TURNS_MORE; turn++) {
      await publish(worker.context, source, tally)
      await deliver(worker.context, tower, cut, tally, random)
      if (turn % 10 === 0) tell(`  ${name}: ${cut.after} of ${cuts} acknowledgements cut`)
    }
    tally.blame(cut.after < cuts ? 1 : 0, `only ${cut.after} of ${cuts} acknowledgements could be cut: too little was sent`)
    await deliver(worker.context, tower, cut, tally, random)
    tally.kills += cut.after + cut.others
    await compare(tower, source, simulator, tally)
    tally.say(
      `${knowsKeys ? 'with' : 'without'} idempotency keys: ${cut.after} acknowledgements cut after the commit, ${cut.others} other faults; ${simulator.requests.length} requests, ${simulator.documents.length} documents entered`,
    )
  } finally {
    await worker.close()
    await tower.close()
    await simulator.stop()
  }
}

async function publish(worker: Worker, source: Source, tally: Tally): Promise<void> {
  const runId = await keepFile(worker, source.name, csvOf(source.next(LINES)), `${source.name}-${++tally.loads}.csv`)
  const { outcome } = await runUntilEnded(worker, runId)
  if (outcome !== 'succeeded') tally.blame(1, `run ${runId} ended ${outcome}`)
}

type Worker = Awaited<ReturnType<typeof openWorker>>['context']

async function deliver(worker: Worker, tower: Tower, cut: { isOver: boolean }, tally: Tally, random: Random): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    for (const id of await listDueDeliveries(tower.context.db, 10)) {
      const lost = random.whole(1, LOST_EVERY) === 1 ? loseDatabase(tower, random, tally) : null
      await carryOutDelivery(worker, id).catch((error: unknown) => tally.say(`an attempt ended in ${String(error)}`))
      await lost
    }
    await recoverDeliveries(worker).catch(() => undefined)
    await retryUnreadable(tower)
    const [row] = await tower.owner<{ going: number; stopped: number }[]>`
      select count(*) filter (where status in ('pending', 'waiting', 'delivering'))::int as going,
        count(*) filter (where status in ('failed', 'refused', 'held'))::int as stopped from deliveries`
    if (row!.stopped > 0) {
      const rows =
        await tower.owner`select delivery_id, status, failure_code, failure_detail from deliveries where status in ('failed', 'refused')`
      tally.blame(row!.stopped, `deliveries stopped: ${JSON.stringify(rows)}`)
      cut.isOver = true
      return
    }
    if (row!.going === 0) return
    await sleep(5)
  }
  tally.blame(1, 'deliveries never came to an end')
}

/** An answer in a form we do not know stops a delivery: somebody looks and retries it. What it left unknown is asked then, too. */
async function retryUnreadable({ owner, context }: Tower): Promise<void> {
  const rows = await owner<{ delivery_id: number }[]>`
    select delivery_id from deliveries where status = 'failed' and failure_code = 'target_contract_changed'`
  for (const { delivery_id } of rows)
    await retryDelivery(context, { deliveryId: delivery_id, reason: 'the target is itself again', actor: ADMIN })
}

/** The worker's connections are cut at a random moment: between sending and writing down, as often as not. */
async function loseDatabase(tower: Tower, random: Random, tally: Tally): Promise<void> {
  await sleep(random.whole(0, 40))
  await tower.owner`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chaos worker' and datname = current_database()`
  tally.kills++
}

/** Against the plain model of what the source sent: its documents, each once, with the amounts they have now. */
async function compare(
  tower: Tower,
  source: Source,
  simulator: Awaited<ReturnType<typeof startPlanningSimulator>>,
  tally: Tally,
): Promise<void> {
  const held = new Map<string, number>()
  const there = new Set<string>()
  let surplus = 0
  for (const { key, period, isCurrent, lines } of simulator.documents) {
    if (!isCurrent) continue
    held.set(key, (held.get(key) ?? 0) + 1)
    for (const line of lines as readonly DeliveredLine[]) {
      const words = wordsOf(line.sourceKey, period, line.debit, line.credit, line.description ?? '')
      if (there.has(words)) surplus++
      there.add(words)
    }
  }
  for (const [key, times] of held)
    if (times > 1) {
      tally.doubled += times - 1
      tally.say(`${key} is at the target ${times} times`)
    }
  // Every document of every delivery was entered once, the states that were replaced since included.
  const [{ items } = { items: 0 }] = await tower.owner<{ items: number }[]>`select count(*)::int as items from delivery_items`
  const entered = simulator.documents.length
  if (entered !== items) tally.say(`${items} documents were delivered, ${entered} entered`)
  tally.doubled += Math.max(0, entered - items)
  tally.lost += Math.max(0, items - entered)
  // Line by line, with its period and its words.
  const sent = [...source.lines.values()].map(({ id, period, debit, credit, text }) => wordsOf(id, period, debit, credit, text))
  const missing = sent.filter((words) => !there.delete(words))
  if (missing.length > 0) tally.say(`${missing.length} lines are not at the target: ${missing.slice(0, 3).join('; ')}`)
  if (there.size > 0) tally.say(`${there.size} lines at the target should not be there: ${[...there].slice(0, 3).join('; ')}`)
  tally.lost += missing.length
  tally.doubled += there.size + surplus
  const [row] = await tower.owner<{ open: number; breaks: number; unknown: number }[]>`
    select (select count(*)::int from deliveries where status <> 'confirmed') as open,
      (select count(*)::int from delivery_items where state <> 'confirmed') as unknown,
      (select count(*)::int from delivery_totals d join delivery_totals c using (delivery_id, entity, period, version, currency)
        where d.checkpoint = 'delivered' and c.checkpoint = 'confirmed' and (d.count, d.debit, d.credit) is distinct from (c.count, c.debit, c.credit)) as breaks`
  if (row!.open + row!.unknown + row!.breaks > 0)
    tally.blame(row!.open + row!.unknown + row!.breaks, `deliveries, documents or totals not confirmed: ${JSON.stringify(row)}`)
}

const wordsOf = (id: string, period: string, debit: string, credit: string, text: string) =>
  [id, period, centsOf(debit), centsOf(credit), text].join('|')
