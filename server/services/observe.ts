import { metrics, type Attributes, type Observable } from '@opentelemetry/api'
import { countOpenExceptions } from '#db/queries/exceptions.ts'
import { countQueue, countRunsByStatus, listLatencies, listLateness } from '#db/queries/metric-figures.ts'
import { listUnexplained } from '#db/queries/tower.ts'
import { sumWaitingRecords } from '#db/queries/waiting.ts'
import type { Context } from './context.ts'

/** Several readers may collect in the same moment; the database is asked once. */
const FRESH_MS = 5_000
const ALL = ['*'] as const

/**
 * The figures that stand in the database, as gauges: read when they are collected, so that whichever process is asked says the
 * same, also after a restart. Every process that observes reports them: over several, take the largest, never the sum.
 */
export function observeFigures({ db, log }: Pick<Context, 'db' | 'log'>): void {
  const meter = metrics.getMeter('control-tower')
  const gauge = (name: string, unit: string, description: string) => meter.createObservableGauge(name, { unit, description })
  const gauges = {
    lateness: gauge('tower.lateness', 's', 'How late the oldest missing feed of a job is'),
    missing: gauge('tower.feeds.missing', '{feed}', 'Feeds that should have come and did not'),
    runs: gauge('tower.runs', '{run}', 'Runs by what became of them'),
    exceptions: gauge('tower.exceptions.open', '{exception}', 'Open exceptions by class'),
    held: gauge('tower.amount.held', '{currency}', 'Amount that waits behind open exceptions, in units of its currency'),
    queue: gauge('tower.queue.depth', '{task}', 'Tasks of the queue'),
    age: gauge('tower.queue.age', 's', 'How long the oldest task has been ready'),
    calls: gauge('tower.connector.calls', '{request}', 'Requests to a system in the last 15 minutes'),
    latency: gauge('tower.connector.latency', 's', 'Time a system took to answer, in the last 15 minutes'),
  }
  type Figure = { readonly of: Observable; readonly value: number; readonly attributes: Attributes }

  async function read(): Promise<Figure[]> {
    const [late, runs, exceptions, waiting, unexplained, queue, calls] = await Promise.all([
      listLateness(db),
      countRunsByStatus(db),
      countOpenExceptions(db, ALL),
      sumWaitingRecords(db, { scope: ALL }),
      listUnexplained(db, { scope: ALL }),
      countQueue(db),
      listLatencies(db),
    ])
    const { ready, running, later, oldestMs } = queue
    return [
      ...late.flatMap(({ job, lateMs, feeds }) => [
        { of: gauges.lateness, value: lateMs / 1_000, attributes: { job } },
        { of: gauges.missing, value: feeds, attributes: { job } },
      ]),
      ...runs.map(({ status, runs: value }) => ({ of: gauges.runs, value, attributes: { outcome: status } })),
      ...Object.entries(exceptions).map(([name, value]) => ({ of: gauges.exceptions, value, attributes: { class: name } })),
      // A metric is a double, as dashboards want it. Nothing is decided by it.
      ...waiting.map(({ currency, debit }) => ({
        of: gauges.held,
        value: Number(debit),
        attributes: { kind: 'waiting', currency },
      })),
      ...unexplained.map(({ currency, amount }) => ({
        of: gauges.held,
        value: Number(amount),
        attributes: { kind: 'unexplained', currency },
      })),
      ...Object.entries({ ready, running, later }).map(([state, value]) => ({ of: gauges.queue, value, attributes: { state } })),
      { of: gauges.age, value: oldestMs / 1_000, attributes: {} },
      ...calls.flatMap(({ system, calls: all, failed, medianMs, slowMs }) => [
        { of: gauges.calls, value: all - failed, attributes: { system, outcome: 'ok' } },
        { of: gauges.calls, value: failed, attributes: { system, outcome: 'failed' } },
        { of: gauges.latency, value: medianMs / 1_000, attributes: { system, quantile: '0.5' } },
        { of: gauges.latency, value: slowMs / 1_000, attributes: { system, quantile: '0.95' } },
      ]),
    ]
  }

  let known: { readonly at: number; readonly figures: Promise<Figure[]> } | null = null
  meter.addBatchObservableCallback(async (result) => {
    if (!known || Date.now() - known.at > FRESH_MS) known = { at: Date.now(), figures: read() }
    try {
      for (const { of, value, attributes } of await known.figures) result.observe(of, value, attributes)
    } catch (error) {
      known = null
      log.warn({ err: error }, 'the figures for metrics could not be read')
    }
  }, Object.values(gauges))
}
