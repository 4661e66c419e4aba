import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listLines } from '#db/queries/lines.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerJob } from '#db/testing/ledger.ts'
import { anyDelivery, deliveryCsv, judge, LedgerModel, statedTotals, type Delivery } from '#db/testing/ledger-model.ts'
import { ADMIN, load, runUntilEnded } from '#db/testing/load.ts'
import type { Refusal } from '#server/domain/errors.ts'
import { replayRun } from './replay-run.ts'
import { rollbackRun } from './rollback-run.ts'
import { verify } from './verify.ts'

const world = useDatabase()
let systems = 0

type Step =
  | { readonly kind: 'load'; readonly extract: 'delta' | 'full'; readonly delivery: Delivery }
  | { readonly kind: 'replay' | 'rollback'; readonly which: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      extract: fc.constantFrom('delta' as const, 'full' as const),
      delivery: anyDelivery,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rollback' as const), which: fc.nat() }) },
)

test('after any sequence of loads, replays and rollbacks the lines and totals are those of a plain model, now and as of every earlier publication', async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 9 }), playAgainstModel), {
    numRuns: 12,
    interruptAfterTimeLimit: 45_000,
  })
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
}, 90_000)

async function playAgainstModel(steps: readonly Step[]): Promise<void> {
  const system = `erp-${++systems}`
  const jobOf = (extract: 'delta' | 'full') =>
    ledgerJob({
      job: `ledger-${systems}-${extract}`,
      system: { code: system, name: 'ERP', kind: 'erp' },
      onFailure: 'quarantine',
      extract,
    })
  const model = new LedgerModel()
  const publications: number[] = []
  const loads: { runId: number; delivery: Delivery; extract: 'delta' | 'full' }[] = []
  const published: { runId: number; publication: number }[] = []
  const began = await newestPublication(world.db)

  for (const step of steps) {
    if (step.kind === 'rollback') {
      const target = published[step.which % published.length]
      if (!target) continue
      const later = model.standsOn(target.publication)
      const done = await rollbackRun(world.context, { runId: target.runId, actor: ADMIN }).catch((error: unknown) => error)
      if (later !== null) {
        expect(done).toMatchObject({ code: 'publication_superseded', detail: `publication ${later}` } satisfies Partial<Refusal>)
      } else {
        const { runId, publication } = done as { runId: number; publication: number }
        model.withdraw(target.publication, publication)
        publications.push(publication)
        published.push({ runId, publication })
      }
    } else {
      const origin = step.kind === 'load' ? step : loads[step.which % loads.length]
      if (!origin) continue
      const judged = judge(origin.delivery, model.current())
      const changes = model.changes(judged, origin.extract)
      const report =
        step.kind === 'load'
          ? await load(world.context, jobOf(step.extract), deliveryCsv(step.delivery))
          : await replay(loads[step.which % loads.length]!.runId)
      const isEmpty = judged.every(({ outcome }) => outcome === 'rejected')
      expect(report.outcome).toBe(isEmpty ? 'held' : 'succeeded')
      expect(report.publication === null).toBe(isEmpty || (changes.fresh.length === 0 && changes.ends.length === 0))
      if (step.kind === 'load') loads.push({ ...step, runId: report.runId })
      if (report.publication !== null) {
        model.publish(report.publication, changes)
        publications.push(report.publication)
        published.push({ runId: report.runId, publication: report.publication })
      }
    }
    await expectAsModelled(system, model, await newestPublication(world.db))
  }
  for (const publication of [began, ...publications]) await expectAsModelled(system, model, publication)
}

async function replay(runId: number) {
  const again = await replayRun(world.context, { runId, rules: 'current', preview: false, actor: ADMIN })
  return runUntilEnded(world.context, again.runId)
}

async function expectAsModelled(system: string, model: LedgerModel, asOf: number): Promise<void> {
  const filter = { system, scope: ['*'] }
  const lines = await listLines(world.db, filter, asOf, { limit: 1_000 })
  const said = (line: {
    sourceKey: string
    entity: string
    period: string
    version: string
    currency: string
    net: string
    description: string | null
  }) => [line.sourceKey, line.entity, line.period, line.version, line.currency, line.description ?? ''].join(' / ')
  expect(lines.map(said).sort()).toEqual(
    [...model.currentAt(asOf)].map(([key, c]) => [key, c.entity, c.period, c.version, c.currency, c.text].join(' / ')).sort(),
  )
  expect(statedTotals(await listPublishedTotals(world.db, filter, asOf), false)).toEqual(model.totalsAt(asOf))
}
