import assert from 'node:assert/strict'
import fc from 'fast-check'
import { listLines } from '#db/queries/lines.ts'
import { readReference } from '#db/queries/reference.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import type { Context } from '#server/services/context.ts'
import { correctMember } from '#server/services/correct-member.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { rollBack } from './roll-back.ts'
import { setPeriodState } from '#server/services/set-period-state.ts'
import { ledgerJob } from './ledger.ts'
import {
  anyDelivery,
  deliveryCsv,
  expectedTotals,
  judge,
  LedgerModel,
  statedTotals,
  type Content,
  type Delivery,
} from './ledger-model.ts'
import { ADMIN, load, runUntilEnded, type JobInput } from './load.ts'
import { MemberModel } from './member-model.ts'
import { reopen } from './reopen.ts'

const EXTRACTS = ['delta', 'full'] as const
const FAILURES = ['hold', 'quarantine'] as const
const DAYS = ['2026-01-01', '2026-02-01', '2026-02-15'] as const
const LAST_DAYS: Readonly<Record<string, string>> = { '2026-01': '2026-01-31', '2026-02': '2026-02-28' }
const ENTITIES = ['E1', 'E 2', 'E3'] as const
const MEMBERS = 2

type Load = {
  readonly extract: (typeof EXTRACTS)[number]
  readonly onFailure: (typeof FAILURES)[number]
  readonly delivery: Delivery
}
export type Step =
  | ({ readonly kind: 'load' } & Load)
  | { readonly kind: 'correct'; readonly member: number; readonly validFrom: string; readonly isActive: boolean }
  | { readonly kind: 'period'; readonly entity: string; readonly period: string; readonly state: 'open' | 'closed' }
  | { readonly kind: 'replay'; readonly which: number; readonly rules: ReplayRules }
  | { readonly kind: 'rollback'; readonly which: number }

/** The newest there is, instead of any. */
const NEWEST = -1

const anyLoad: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('load' as const),
  extract: fc.constantFrom(...EXTRACTS),
  onFailure: fc.constantFrom('quarantine' as const, ...FAILURES),
  delivery: anyDelivery,
})
const anyCorrection: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('correct' as const),
  member: fc.nat(MEMBERS - 1),
  validFrom: fc.constantFrom(...DAYS),
  isActive: fc.boolean(),
})
const anyPeriod = fc.record({ entity: fc.constantFrom(...ENTITIES), period: fc.constantFrom(...Object.keys(LAST_DAYS)) })
const anyRules = fc.constantFrom<ReplayRules>('original', 'current')
const replayOf = (which: number, rules: ReplayRules): Step => ({ kind: 'replay', which, rules })

/** Any step, and what follows each other where things go wrong, which chance alone brings together too seldom. */
const anySteps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 4, arbitrary: anyLoad.map((load) => [load]) },
  { weight: 1, arbitrary: anyCorrection.map((correction) => [correction]) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), anyRules).map(([which, rules]) => [replayOf(which, rules)]) },
  { weight: 2, arbitrary: fc.nat().map((which): Step[] => [{ kind: 'rollback', which }]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyLoad, anyCorrection, anyRules)
      .map(([load, correction, rules]) => [load, correction, replayOf(NEWEST, rules)]),
  },
  { weight: 1, arbitrary: anyCorrection.map((correction): Step[] => [correction, { kind: 'rollback', which: NEWEST }]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyLoad, anyPeriod, anyLoad, fc.boolean())
      .map(([before, period, after, isReopened]): Step[] => [
        before,
        { kind: 'period', ...period, state: 'closed' },
        after,
        ...(isReopened ? [{ kind: 'period', ...period, state: 'open' } as const, replayOf(NEWEST, 'current')] : []),
      ]),
  },
)
const KNOWN: readonly Step[] = [0, 1].map((member) => ({ kind: 'correct', member, validFrom: DAYS[0], isActive: true }))

/** Half of the histories begin with members that are known. */
export const anyHistory: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.boolean(), fc.array(anySteps, { minLength: 3, maxLength: 7 }))
  .map(([isKnown, steps]) => [...(isKnown ? KNOWN : []), ...steps.flat()])

/**
 * Plays a history against the product and against the models, and compares after every step what stands, at the end what stood
 * at every publication. `name` keeps histories of one database apart. Throws where they differ; returns how many runs there were.
 */
export async function playHistory(context: Context, name: string, steps: readonly Step[]): Promise<number> {
  const history = new History(context, name)
  await history.begin()
  for (const step of steps) {
    await history.play(step)
    await history.compareAt(await newestPublication(context.db))
  }
  for (const publication of history.publications) await history.compareAt(publication)
  return history.runs
}

type Kept = Load & { readonly runId: number; readonly asOf: number }

class History {
  readonly publications: number[] = []
  runs = 0
  private readonly lines = new LedgerModel()
  private readonly members = new MemberModel()
  private readonly closed = new Set<string>()
  private readonly loads: Kept[] = []
  private readonly published: { runId: number; publication: number }[] = []

  constructor(
    private readonly context: Context,
    private readonly name: string,
  ) {}

  async begin(): Promise<void> {
    this.publications.push(await newestPublication(this.context.db))
  }

  async play(step: Step): Promise<void> {
    if (step.kind === 'load')
      await this.load({ ...step, delivery: step.delivery.map((r) => ({ ...r, entity: this.entity(r.entity) })) })
    else if (step.kind === 'correct') await this.correct(this.member(step.member), step.validFrom, step.isActive)
    else if (step.kind === 'period') await this.setPeriod(this.entity(step.entity), step.period, step.state)
    else if (step.kind === 'replay') await this.replay(step.which, step.rules)
    else await this.rollback(step.which)
  }

  /** Lines, totals and members as of a publication are those of the models. */
  async compareAt(asOf: number): Promise<void> {
    const { db } = this.context
    const filter = { system: this.name, scope: ['*'] }
    const found = await listLines(db, filter, asOf, { limit: 1_000 })
    const words = (key: string, c: Pick<Content, 'entity' | 'period' | 'version' | 'currency' | 'text'>) =>
      [key, c.entity, c.period, c.version, c.currency, c.text].join(' / ')
    assert.deepEqual(
      found.map((line) => words(line.sourceKey, { ...line, text: line.description ?? '' })).sort(),
      [...this.lines.currentAt(asOf)].map(([key, content]) => words(key, content)).sort(),
      `lines as of publication ${asOf}`,
    )
    assert.deepEqual(
      sorted(statedTotals(await listPublishedTotals(db, filter, asOf), false)),
      sorted(this.lines.totalsAt(asOf)),
      `totals as of publication ${asOf}`,
    )
    const reference = await readReference(db, ['cost_centre'], asOf)
    for (let member = 0; member < MEMBERS; member++) {
      const code = this.member(member)
      for (const on of Object.values(LAST_DAYS)) {
        const said = reference
          .find('cost_centre', code, '')
          .some((one) => one.isActive && one.validFrom <= on && (one.validTo === '' || one.validTo >= on))
        assert.equal(said, this.members.isUsable(code, on, asOf), `${code} on ${on} as of publication ${asOf}`)
      }
    }
  }

  private async load(step: Load): Promise<void> {
    const asOf = await newestPublication(this.context.db)
    const run = load(
      this.context,
      this.job(step),
      deliveryCsv(step.delivery, (key) => this.costCentreOf(key)),
    )
    await this.conclude({ ...step, asOf }, run)
  }

  private async replay(which: number, rules: ReplayRules): Promise<void> {
    const origin = chosen(this.loads, which)
    if (!origin) return
    const asOf = rules === 'original' ? origin.asOf : await newestPublication(this.context.db)
    const { runId } = await replayRun(this.context, { runId: origin.runId, rules, preview: false, overNewer: true, actor: ADMIN })
    await this.conclude({ ...origin, asOf }, runUntilEnded(this.context, runId))
  }

  /** What the product said of a run, against what the models say must come of it. */
  private async conclude(of: Load & { asOf: number }, running: ReturnType<typeof load>): Promise<void> {
    const isClosed = ({ entity, period }: Pick<Content, 'entity' | 'period'>) => this.closed.has(`${entity} ${period}`)
    const current = this.lines.current()
    const passing = of.delivery.map((r) =>
      r.flaw === null && !this.mayName(r.key, r.period, of.asOf) ? { ...r, flaw: 'account' as const } : r,
    )
    const judged = judge(passing, current).map((one) => {
      const isMoving = one.outcome === 'new' || one.outcome === 'changed'
      const before = current.get(one.record.key)
      const isKeptOut = isMoving && (isClosed(one.record) || (before !== undefined && isClosed(before)))
      return isKeptOut ? { ...one, outcome: 'rejected' as const } : one
    })
    const report = await running
    this.runs++
    const rejected = judged.filter(({ outcome }) => outcome === 'rejected').length
    const isHeld = rejected === judged.length || (rejected > 0 && of.onFailure === 'hold')
    const changes = this.lines.changes(judged, of.extract, isClosed)
    const isPublished = !isHeld && changes.fresh.length + changes.ends.length > 0
    assert.deepEqual(sorted(statedTotals(report.totals)), sorted(expectedTotals(judged)), `checkpoints of run ${report.runId}`)
    assert.equal(report.outcome, isHeld ? 'held' : 'succeeded', `outcome of run ${report.runId}`)
    assert.equal(report.publication !== null, isPublished, `publication of run ${report.runId}`)
    this.loads.push({ ...of, runId: report.runId })
    if (report.publication === null) return
    this.lines.publish(report.publication, changes)
    this.note(report.runId, report.publication)
  }

  private async correct(code: string, validFrom: string, isActive: boolean): Promise<void> {
    const isKnown = this.members.says(code, validFrom, isActive)
    const correction = { dimension: 'cost_centre' as const, entity: '', code, name: 'By hand', validFrom, validTo: '', isActive }
    const { runId } = await correctMember(this.context, { correction, reason: 'the history says so', actor: ADMIN })
    const report = await runUntilEnded(this.context, runId)
    this.runs++
    assert.equal(report.outcome, 'succeeded', `correction, run ${runId}`)
    assert.equal(report.publication === null, isKnown, `publication of the correction, run ${runId}`)
    if (report.publication === null) return
    this.members.correct(code, validFrom, isActive, report.publication)
    this.note(runId, report.publication)
  }

  private async setPeriod(entity: string, period: string, state: 'open' | 'closed'): Promise<void> {
    const isClosed = this.closed.has(`${entity} ${period}`)
    if (state === 'open' && isClosed) await reopen(this.context, entity, period)
    // A reopened one lets lines in as it is.
    else if (state === 'closed' && !isClosed)
      await setPeriodState(this.context, { entity, period, state, reason: 'the history says so', actor: ADMIN })
    if (state === 'closed') this.closed.add(`${entity} ${period}`)
    else this.closed.delete(`${entity} ${period}`)
  }

  private async rollback(which: number): Promise<void> {
    const target = chosen(this.published, which)
    if (!target) return
    const later = this.lines.standsOn(target.publication) ?? this.members.standsOn(target.publication)
    const done = await rollBack(this.context, target.runId, this.closed).catch((error: unknown) => error)
    if (later !== null) {
      assert.ok(done instanceof Refusal, `publication ${target.publication} was withdrawn, and ${later} stands on it`)
      assert.deepEqual([done.code, done.detail], ['publication_superseded', `publication ${later}`])
      return
    }
    if (done instanceof Error) throw done
    const { runId, publication } = done as { runId: number; publication: number }
    this.runs++
    this.lines.withdraw(target.publication, publication)
    this.members.withdraw(target.publication, publication)
    this.note(runId, publication)
  }

  private note(runId: number, publication: number): void {
    this.publications.push(publication)
    this.published.push({ runId, publication })
  }

  private job({ extract, onFailure }: Load): JobInput {
    const system = { code: this.name, name: 'ERP', kind: 'erp' as const }
    return ledgerJob({
      job: `${this.name}-${extract}-${onFailure}`,
      system,
      onFailure,
      extract,
      rules: { members: ['cost_centre'] },
    })
  }

  private mayName(key: string, period: string, asOf: number): boolean {
    const code = this.costCentreOf(key)
    return code === '' || this.members.isUsable(code, LAST_DAYS[period]!, asOf)
  }

  /** Every third key has none. Two lines of one key never name different ones, so that it is no part of their content. */
  private costCentreOf(key: string): string {
    const third = (key.codePointAt(0) ?? 0) % (MEMBERS + 1)
    return third === MEMBERS ? '' : this.member(third)
  }

  private readonly member = (nth: number) => `CC${nth}-${this.name}`
  private readonly entity = (code: string) => `${code}-${this.name}`
}

const sorted = (totals: ReadonlyMap<string, string>) => [...totals].map((entry) => entry.join(': ')).sort()

const chosen = <T>(from: readonly T[], which: number): T | undefined =>
  which === NEWEST ? from.at(-1) : from[which % from.length]
