import type { Actor } from '#server/domain/actor.ts'
import { confirmReplay } from '#server/services/confirm-replay.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { setPeriodStates } from '#server/services/set-period-state.ts'
import type { Seeder } from './seeder.ts'
import { ENTITIES, entityOf, type Entity } from './world/company.ts'
import { SCRAP_INDEX } from './world/files.ts'
import { OPEN, periodOf, SOFT_CLOSED } from './world/periods.ts'
import { NOW, stage } from './world/stage.ts'

const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const IVAN: Actor = { name: 'ivan', role: 'it', entityScope: ['*'] }

const MEMBERS = [
  'aldermoor-entities',
  'aldermoor-accounts',
  'aldermoor-cost-centres',
  'aldermoor-customers',
  'aldermoor-planning-cost-centres',
  'torvane-entities',
  'torvane-accounts',
  'torvane-cost-centres',
  'torvane-suppliers',
]
const PLANT = 'torvane-plant-movements'
const FILES = ['torvane-payroll', 'torvane-bank', 'torvane-commercial-bank']
/** By system: what one system published decides what is new in its next load, so its jobs go one after the other. */
const LEDGERS: Readonly<Record<string, readonly string[]>> = {
  'aldermoor-erp': ['aldermoor-journals-uk', 'aldermoor-journals-europe', 'aldermoor-journals-us', 'aldermoor-journals-japan'],
  'aldermoor-billing': ['aldermoor-billing-uk', 'aldermoor-billing-europe', 'aldermoor-billing-us'],
  'aldermoor-crm': ['aldermoor-bookings'],
  'torvane-erp': ['torvane-journals-europe', 'torvane-journals-americas', 'torvane-journals-japan'],
  'torvane-procurement': ['torvane-purchases'],
}
const REPORTS = ['aldermoor-warehouse-balances', 'torvane-reporting-balances']
/** Half a year at once when a system was connected, then as the months went by. */
const TOLD: readonly (readonly [from: number, to: number])[] = [
  [0, 5],
  [6, 7],
  [8, 9],
  [10, 11],
]

type Report = (message: string) => void

/** The members of all dimensions, before anything else can be judged. */
export async function tellMembers(seeder: Seeder): Promise<void> {
  for (const job of MEMBERS) await seeder.run(job, stage(0, OPEN))
}

/** Twelve periods: loads, a correction, a forecast that came too early and was taken back, a file that waited for a mapping. */
export async function tellHistory(seeder: Seeder, report: Report): Promise<void> {
  const ledgers = Object.values(LEDGERS).map(async (jobs) => {
    for (const [from, to] of TOLD) {
      for (const job of jobs) await seeder.run(job, stage(from, to))
      report(
        `${jobs[0]!.replace(/-(uk|europe)$/, '')}: ${periodOf({ calendar: 'months' }, from).period} to ${periodOf({ calendar: 'months' }, to).period}`,
      )
    }
  })
  const budgets = ['aldermoor-budget', 'torvane-budget'].map((job) => seeder.run(job, stage(0, OPEN)))
  await Promise.all([...ledgers, ...budgets, ...FILES.map((job) => tellFiles(seeder, job, report))])
  const reports = REPORTS.map(async (job) => {
    for (const [from, to] of TOLD) await seeder.run(job, stage(from, to))
  })
  await Promise.all([...reports, tellForecasts(seeder)])
  // Both of them, because the invoice is in both.
  const corrected = stage(SOFT_CLOSED, OPEN, { corrected: true })
  await Promise.all([seeder.run('aldermoor-journals-uk', corrected), seeder.run('aldermoor-billing-uk', corrected)])
}

async function tellForecasts(seeder: Seeder): Promise<void> {
  const year = stage(0, OPEN)
  await seeder.run('aldermoor-forecast-us', year)
  await seeder.run('aldermoor-forecast', year)
  const early = await seeder.run('aldermoor-forecast', { ...year, tooEarly: true })
  await rollbackRun(seeder.live, {
    runId: early.runId,
    reason: 'Published before the planning round was closed',
    actor: IVAN,
    idempotencyKey: 'demo:rollback-forecast',
  })
}

/** The plants, one file after the other and before anything else, so that the numbers of their runs are always the same. */
export const tellPlants = (seeder: Seeder, report: Report): Promise<void> => tellFiles(seeder, PLANT, report)

/** Each file is a run of its own, as when the worker finds it in its folder. */
async function tellFiles(seeder: Seeder, job: string, report: Report): Promise<void> {
  const names = seeder.filesOf(job)
  for (const name of names) {
    const runId = await seeder.load(job, name)
    if (name === SCRAP_FILE) await mapScrap(seeder, runId)
  }
  report(`${job}: ${names.length} files`)
}

const SCRAP_FILE = `movements_TI02_${periodOf(entityOf('TI02'), SCRAP_INDEX).period}.csv`

/** The plant sent a code nobody had mapped: its lines waited, the mapping was put right, and a replay let them through. */
async function mapScrap(seeder: Seeder, runId: number): Promise<void> {
  const { context } = seeder
  await seeder.importMapped()
  const reason = 'Scrap is now mapped to production cost absorbed'
  const asked = { runId, rules: 'current', reason, actor: FIONA } as const
  const preview = await replayRun(context, { ...asked, preview: true, idempotencyKey: 'demo:preview-scrap' })
  await seeder.finish(preview.runId)
  const replay = await confirmReplay(context, { ...asked, previewRunId: preview.runId, idempotencyKey: 'demo:replay-scrap' })
  await seeder.finish(replay.runId)
}

/** Closed but for the last two periods: what is late is late from here on. */
export async function closePeriods(seeder: Seeder): Promise<void> {
  const close = async (entity: Entity) => {
    const one = (index: number) => ({ entity: entity.code, period: periodOf(entity, index).period })
    const asked = { reason: 'Close of the period', actor: CARA }
    const closed = Array.from({ length: SOFT_CLOSED }, (_, index) => one(index))
    await setPeriodStates(seeder.context, { ...asked, periods: closed, state: 'closed' })
    await setPeriodStates(seeder.context, { ...asked, periods: [one(SOFT_CLOSED)], state: 'soft_closed' })
  }
  await Promise.all(ENTITIES.map((entity) => seeder.taking(() => close(entity))))
}

/** The systems in which something is wrong, as they stand today. The others say what they said before. */
export async function tellToday(seeder: Seeder, jobs: readonly string[]): Promise<void> {
  await Promise.all(jobs.map((job) => seeder.run(job, NOW)))
}
