import type { Transaction } from '#db/client.ts'
import { readSides } from '#db/queries/comparison-pairs.ts'
import { listMovedLines, type Compared, type FigureRow, type MovedLine } from '#db/queries/comparison-sides.ts'
import { findComparison, saveComparison, type Comparison } from '#db/queries/comparisons.ts'
import {
  findDefinitionVersion,
  moveReconciliation,
  noteLook,
  openReconciliation,
  readClock,
  type KnownDefinition,
  type Reconciliation,
} from '#db/queries/reconciliations.ts'
import { listExplanations, supersedeCertification } from '#db/queries/sign-offs.ts'
import { listActsOf, listMatchActs, saveMatches } from '#db/queries/matches.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import { isReady, restsOf } from '#server/domain/reconciliation/standing.ts'
import { budgetOf } from '#server/domain/reconciliation/tolerance-budget.ts'
import type { ReconciliationState } from '#server/domain/reconciliation/state.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { audited } from './audited.ts'
import { certifyByRule } from './certify-by-rule.ts'
import { comparedOf } from './compared.ts'
import { findParts, type Found } from './find-parts.ts'

export type ComparedNow = {
  readonly reconciliationId: number
  readonly comparisonId: number
  readonly state: ReconciliationState
}
type Asked = { readonly entity: string; readonly period: string; readonly actor?: Actor }
type Looked = Found & {
  readonly compared: Compared
  readonly asOf: number
  /** Before anything was read, by the clock that says when runs end. */
  readonly lookedAt: string
  readonly figures: readonly FigureRow[]
  readonly actsByHand: number
  readonly actIds: readonly number[]
  readonly foundHash: string
}

/** Lines that a superseding event names; the screen shows them all. */
const NAMED_MAX = 20

/**
 * Puts the sides of a definition beside each other for an entity and period, as they are now, and keeps what was found whether it ties
 * or not. Where nothing that is compared moved since the last time, that is noted and no more. A certification under which something moved is
 * superseded. null where a system of the definition was never connected.
 */
export async function compare(
  context: Context,
  known: KnownDefinition,
  { entity, period, actor = WORKER }: Asked,
): Promise<ComparedNow | null> {
  const looked = await look(context, known, { entity, period })
  if (!looked) return null
  const { reconciliation, version } = known.definition
  const request = { reconciliation, entity, period, asOf: looked.asOf }
  return perform<ComparedNow>(context, { name: 'compareReconciliation', actor, request }, async (tx) => {
    const before = await openReconciliation(tx, { definitionId: known.definitionId, entity, period, version })
    const earlier = before.comparisonId === null ? null : await findComparison(tx, before.comparisonId)
    const at = context.now()
    const actIds = (await listMatchActs(tx, before.reconciliationId)).map(({ actId }) => actId)
    // Where somebody said something of its lines while it was looked at, it is due again.
    const seen = `${actIds}` === `${looked.actIds}` ? looked.asOf : 0
    await noteLook(tx, before.reconciliationId, seen, looked.lookedAt)
    const isCertified = before.state === 'certified'
    const isSame = earlier?.foundHash === looked.foundHash && earlier.definitionVersion === known.version
    // Lines may move that no sum shows: who signs then signs what is there now, or the next look supersedes it for what they saw.
    const moved = earlier && (isCertified || isSame) ? await movedUnder(tx, before, earlier, looked.asOf) : []
    // A signature on more than was looked into, of before that was refused, does not stand.
    if (earlier && moved.length === 0 && (isCertified ? !earlier.isBounded : isSame))
      return { result: { ...before, comparisonId: earlier.comparisonId }, entities: [entity], audit: null }
    const { reconciliationId } = before
    const kept = { reconciliationId, definitionVersion: known.version, comparedAt: at, ...looked }
    const comparisonId = await saveComparison(tx, kept, looked.figures, looked.parts)
    await saveMatches(tx, comparisonId, looked.matches)
    if (isCertified) await supersedeCertification(tx, before.certificationId!, comparisonId, at)
    const explanations = await listExplanations(tx, reconciliationId)
    const { tolerance } = known.definition
    const rests = restsOf(looked.figures, looked.parts, explanations, tolerance)
    const state = isReady({ rests, budget: budgetOf(before, looked.parts, tolerance) }) ? 'ready' : 'breaks'
    await moveReconciliation(tx, reconciliationId, { state, comparisonId })
    const found = { state, comparison: comparisonId, asOf: looked.asOf }
    const certified =
      state === 'ready' ? await certifyByRule(tx, before, { ...looked, version: known.version }, explanations.length, at) : null
    return {
      result: { reconciliationId, comparisonId, state: certified ? 'certified' : state },
      entities: [entity],
      audit: [
        isCertified
          ? audited(before, 'reconciliation.superseded', { ...found, certification: before.certificationId, moved: named(moved) })
          : audited(before, 'reconciliation.compared', found),
        ...(certified ? [certified] : []),
      ],
    }
  })
}

async function look({ db }: Context, known: KnownDefinition, of: { entity: string; period: string }): Promise<Looked | null> {
  const lookedAt = await readClock(db)
  const asOf = await newestPublication(db)
  const compared = await comparedOf(db, known, of)
  if (!compared) return null
  const sides = await readSides(db, compared, asOf)
  const { figures } = sides
  const acts = await listActsOf(db, { ...of, definitionId: known.definitionId, version: known.definition.version })
  const found = await findParts(db, compared, sides, acts, asOf)
  return {
    ...found,
    compared,
    asOf,
    lookedAt,
    figures,
    actsByHand: acts.length,
    actIds: acts.map(({ actId }) => actId),
    foundHash: requestHash({ figures, parts: found.parts, matches: found.matches }),
  }
}

/** What moved under a comparison, as the version of the definition compares it that it was made by: that is what was signed. */
async function movedUnder(
  tx: Transaction,
  of: Reconciliation,
  { definitionVersion, asOf }: Comparison,
  now: number,
): Promise<readonly MovedLine[]> {
  const compared = await comparedOf(tx, await findDefinitionVersion(tx, of.definitionId, definitionVersion), of)
  return compared ? listMovedLines(tx, compared, asOf, now, NAMED_MAX) : []
}

const named = (moved: readonly MovedLine[]) =>
  moved.map(({ side, source_key, currency, before, after, publication }) => ({
    side,
    source_key,
    currency,
    before,
    after,
    publication,
  }))
