import type { CorrectionOnScreen } from '#db/queries/correction-screens.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { LineField } from '#server/domain/job.ts'
import { decideCorrection } from '#server/services/corrections/decide-correction.ts'
import { proposeCorrection, type Proposed } from '#server/services/corrections/propose-correction.ts'
import { readCorrections, type CorrectionsListFilter } from '#server/services/reads/corrections-view.ts'
import type { RunReport } from '#server/services/reads/run-report.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { verify } from '#server/services/verify.ts'
import type { TestDatabase } from './database.ts'
import { ledgerJob, memberCsv, memberJob } from './ledger.ts'
import { ADMIN, load, runUntilEnded, type JobInput } from './load.ts'

export const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
export const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
export const REASON = 'as the cost accountant of NO01 said'

const CORRECTABLE: LineField[] = ['cost_centre', 'entity', 'period', 'currency', 'debit', 'credit', 'posted_on', 'project']

export type Asked = { runId: number; key: string; field?: LineField; found: string; corrected: string; actor?: Actor }

/** What tests of corrections do over and over, on a world that knows the cost centres CC1 and CC2. */
export class Corrections {
  private jobs = 0

  constructor(private readonly world: TestDatabase) {}

  loadMembers = () =>
    load(
      this.world.context,
      memberJob('cost_centre'),
      memberCsv(
        ['code', 'name'],
        [
          ['CC1', 'Bakery'],
          ['CC2', 'Dairy'],
        ],
      ),
    )

  /** Of a system of its own. */
  newJob(overrides: Partial<JobInput> = {}): JobInput {
    const name = `ledger-${++this.jobs}`
    return ledgerJob({
      job: name,
      system: { code: name, name, kind: 'erp' },
      rules: { members: ['cost_centre'] },
      onFailure: 'quarantine',
      correctable: CORRECTABLE,
      ...overrides,
    })
  }

  async propose({ runId, key, field = 'cost_centre', actor = FIONA, ...texts }: Asked): Promise<Proposed> {
    const [row] = await this.world.owner<{ id: string }[]>`
      select rejected_id as id from rejected_records where run_id = ${runId} and source_key = ${key}`
    const asked = { rejectedId: Number(row!.id), field, ...texts, reason: REASON, actor }
    return proposeCorrection(this.world.context, asked)
  }

  /** Proposed by one and, where that is needed, approved by another. */
  async correct(asked: Asked): Promise<number> {
    const made = await this.propose(asked)
    if (made.state === 'proposed')
      await decideCorrection(this.world.context, { ...made, revision: 0, decision: 'approved', actor: CARA })
    return made.correctionId
  }

  async replay(runId: number, preview = false): Promise<RunReport> {
    const made = await replayRun(this.world.context, { runId, rules: 'current', preview, overNewer: true, actor: ADMIN })
    return runUntilEnded(this.world.context, made.runId)
  }

  async lineOf(job: JobInput, key: string): Promise<Record<string, unknown> | null> {
    const [line] = await this.world.owner`
      select entity, period, currency, cost_centre, debit::text as debit from lines where source_key = ${key} and superseded_at_pub is null
        and system_id = (select system_id from systems where code = ${job.system.code})`
    return line ? { ...line } : null
  }

  async correctedTotals(runId: number): Promise<object[]> {
    const rows = await this.world.owner`
      select entity, period, currency, count::int as count, debit::text as debit from control_totals
      where run_id = ${runId} and checkpoint = 'corrected' order by 1, 2, 3`
    return [...rows]
  }

  async listed(filter: Partial<CorrectionsListFilter>): Promise<readonly CorrectionOnScreen[]> {
    return (await readCorrections(this.world.db, { scope: ['*'], ...filter }, new Date())).rows
  }

  /** What verify names; nothing where all is well. */
  async differences(): Promise<string[]> {
    return (await verify(this.world.context)).checks.flatMap(({ differences }) => differences)
  }
}
