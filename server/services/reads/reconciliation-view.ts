import type { Database, Queryable } from '#db/client.ts'
import { stillOpen, type OpenItem } from '#db/queries/brought-forward.ts'
import { listMovedLines, type FigureRow, type MovedLine } from '#db/queries/comparison-sides.ts'
import { findComparison, listComparisons, listParts, type Comparison, type ComparisonPart } from '#db/queries/comparisons.ts'
import { listEvidence, type EvidenceRow } from '#db/queries/evidence.ts'
import { countMatches, listMatchActs, listMatches, type MatchAct, type ShownMatch } from '#db/queries/matches.ts'
import { listPartItems, sumBuckets, type BucketSum, type PartItem } from '#db/queries/reconciliation-screens.ts'
import { findDefinitionVersion, findReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { listCertifications, type Certification, type Explanation, type SignOff } from '#db/queries/sign-offs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { mayDo, seesEntity, type Actor } from '#server/domain/actor.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { Refusal } from '#server/domain/errors.ts'
import { LEFT_TO_PEOPLE, whyLeftToPeople } from '#server/domain/reconciliation/automatic.ts'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import { whyNotCertify, whyNotPrepare, whyNotReject, type SignFacts } from '#server/domain/reconciliation/may-sign.ts'
import type { MatchState } from '#server/domain/reconciliation/match-state.ts'
import type { Rest } from '#server/domain/reconciliation/standing.ts'
import type { BudgetLine } from '#server/domain/reconciliation/tolerance-budget.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import { comparedOf } from '../reconcile/compared.ts'
import { missingEvidence, type MissingEvidence } from '../reconcile/missing-evidence.ts'
import { sealedEvidence } from '../reconcile/seal.ts'
import { standingOf, type Standing } from '../reconcile/standing-of.ts'
import { readCertainty } from './certainty.ts'

export type { BucketSum, Certification, Comparison, ComparisonPart, Explanation, FigureRow, MovedLine, PartItem, Rest, SignOff }

const PARTS_SHOWN = 200
const ITEMS_SHOWN = 200
const COMPARISONS_SHOWN = 20
const MOVED_SHOWN = 200
const MATCHES_SHOWN = 200

export type ReconciliationView = {
  readonly reconciliation: Reconciliation
  readonly definition: ReconciliationDefinition
  readonly comparison: Comparison
  readonly figures: readonly FigureRow[]
  readonly buckets: readonly BucketSum[]
  readonly rests: readonly Rest[]
  /** What rules accepted one by one without a person. */
  readonly budget: readonly BudgetLine[]
  /** Items of earlier periods, and what this one does to them. */
  readonly broughtForward: readonly OpenItem[]
  readonly parts: readonly ComparisonPart[]
  readonly partsInAll: number
  /** The lines behind the part that is open. */
  readonly items: readonly PartItem[] | null
  readonly matches: readonly ShownMatch[]
  readonly matchCounts: Readonly<Record<MatchState, number>>
  /** What people said of lines, in force. */
  readonly matchActs: readonly MatchAct[]
  readonly explanations: readonly Explanation[]
  /** Every file that was added, also what was withdrawn. */
  readonly evidence: readonly EvidenceRow[]
  readonly signOffs: readonly SignOff[]
  readonly certifications: readonly ShownCertification[]
  /** What moved under the certification that stood last; null where none was superseded. */
  readonly moved: readonly MovedLine[] | null
  readonly comparisons: readonly Comparison[]
  readonly facts: SignFacts
  /** Why its rule does not certify it; null where the definition has none, or it did. */
  readonly leftToPeople: string | null
  /** Of the entity, period and version: this one may be certified and another not. */
  readonly certainty: Certainty
  readonly computedAt: string
}

/** With the sealed files that are not kept any more as they were. */
export type ShownCertification = Omit<Certification, 'seal'> & { readonly missing: readonly MissingEvidence[] }

type Asked = {
  readonly reconciliationId: number
  readonly bucket?: ComparisonPart['bucket'] | undefined
  readonly part?: number | undefined
  readonly scope: readonly string[]
}

/** Throws Refusal (reconciliation_not_found), for one out of scope as well. */
export async function readReconciliation(db: Database, asked: Asked, now: Date): Promise<ReconciliationView> {
  const { reconciliation, standing } = await findStanding(db, asked)
  const { known, comparison, figures, parts, explanations, rests, budget, broughtForward, signOffs, facts } = standing
  const [buckets, certifications, comparisons, matches, matchCounts, matchActs, evidence] = await Promise.all([
    sumBuckets(db, comparison.comparisonId),
    listCertifications(db, reconciliation.reconciliationId),
    listComparisons(db, reconciliation.reconciliationId, COMPARISONS_SHOWN),
    listMatches(db, comparison.comparisonId, MATCHES_SHOWN),
    countMatches(db, comparison.comparisonId),
    listMatchActs(db, reconciliation.reconciliationId),
    listEvidence(db, reconciliation.reconciliationId),
  ])
  const shown: ShownCertification[] = []
  for (const { seal, ...rest } of certifications)
    shown.push({ ...rest, missing: await missingEvidence(db, reconciliation.reconciliationId, sealedEvidence(seal)) })
  const { entity, period, version } = reconciliation
  const slice = { entity, period, version, scope: asked.scope }
  const chosen = parts.filter(({ bucket }) => asked.bucket === undefined || bucket === asked.bucket)
  const open = asked.part === undefined ? undefined : parts.find(({ part }) => part === asked.part)
  return {
    reconciliation,
    definition: known.definition,
    comparison,
    figures,
    buckets,
    rests,
    budget,
    broughtForward,
    parts: chosen.slice(0, PARTS_SHOWN).map((part) => ({ ...part, because: toldInScope(part.because, asked.scope) })),
    partsInAll: chosen.length,
    items: open
      ? (await listPartItems(db, comparison.comparisonId, open.part, ITEMS_SHOWN)).filter(({ entity }) =>
          seesEntity({ entityScope: asked.scope }, entity),
        )
      : null,
    matches,
    matchCounts,
    matchActs,
    explanations,
    signOffs,
    evidence,
    certifications: shown,
    moved: await movedSince(db, reconciliation, certifications[0]),
    comparisons,
    facts,
    certainty: (await readCertainty(db, slice, await newestPublication(db)))(slice),
    leftToPeople: leftToPeople(reconciliation, standing, matchActs.length, certifications[0]),
    computedAt: now.toISOString(),
  }
}

/** A line that stands in another entity explains a part; to whoever may not see that entity it is not named. */
const toldInScope = (because: ComparisonPart['because'], scope: readonly string[]): ComparisonPart['because'] =>
  namesOutside(because, scope) ? { ...because, entity: '' } : because

const namesOutside = ({ entity }: ComparisonPart['because'], scope: readonly string[]): boolean =>
  typeof entity === 'string' && !seesEntity({ entityScope: scope }, entity)

async function findStanding(db: Queryable, { reconciliationId, scope }: Asked) {
  const reconciliation = await findReconciliation(db, reconciliationId)
  const standing =
    reconciliation && seesEntity({ entityScope: scope }, reconciliation.entity) && (await standingOf(db, reconciliation))
  if (!reconciliation || !standing) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
  return { reconciliation, standing }
}

function leftToPeople(
  { name, entity, period, state }: Reconciliation,
  { known, figures, parts, explanations, broughtForward }: Standing,
  actsByHand: number,
  last: Certification | undefined,
): string | null {
  if (state === 'certified' || !known.definition.certification.automaticUpTo) return null
  const differences = parts.length + explanations.length
  const why = whyLeftToPeople(known.definition, {
    name,
    entity,
    period,
    figures,
    differences,
    openItems: stillOpen(broughtForward).length,
    actsByHand,
    wasSigned: last?.isAutomatic === false,
  })
  return why && LEFT_TO_PEOPLE[why]
}

async function movedSince(
  db: Queryable,
  of: Reconciliation,
  last: Certification | undefined,
): Promise<readonly MovedLine[] | null> {
  if (!last || last.supersededBy === null) return null
  const [signed, now] = await Promise.all([findComparison(db, last.comparisonId), findComparison(db, last.supersededBy)])
  const known = await findDefinitionVersion(db, of.definitionId, signed!.definitionVersion)
  const compared = await comparedOf(db, known, of)
  return compared ? listMovedLines(db, compared, last.asOf, now!.asOf, MOVED_SHOWN) : null
}

export type SignActions = Readonly<Record<'prepare' | 'certify' | 'reject', string | null>>

/** Why the actor cannot sign now, apart from what the role allows; null where they can. */
export function whyNotSign(actor: Actor, facts: SignFacts): SignActions {
  return { prepare: whyNotPrepare(facts), certify: whyNotCertify(facts, actor), reject: whyNotReject(facts) }
}
export const maySign = (actor: Actor): boolean => mayDo(actor, 'prepareReconciliation')

export type SealView = {
  readonly reconciliation: Reconciliation
  readonly certification: Certification
  /** The seal's hash, taken again from its text. */
  readonly hashNow: string
  readonly missing: readonly MissingEvidence[]
  /** Its text names an entity that the reader may not see. */
  readonly isTextHidden: boolean
}

/** A certification as it was sealed. Throws Refusal (reconciliation_not_found). */
export async function readSeal(
  db: Database,
  { reconciliationId, certificationId, scope }: { reconciliationId: number; certificationId: number; scope: readonly string[] },
): Promise<SealView> {
  const reconciliation = await findReconciliation(db, reconciliationId)
  const certification = (await listCertifications(db, reconciliationId)).find((one) => one.certificationId === certificationId)
  if (!reconciliation || !certification || !seesEntity({ entityScope: scope }, reconciliation.entity))
    throw new Refusal('reconciliation_not_found', `certification ${certificationId}`)
  const parts = await listParts(db, certification.comparisonId)
  const isTextHidden = parts.some(({ because }) => namesOutside(because, scope))
  const missing = await missingEvidence(db, reconciliationId, sealedEvidence(certification.seal))
  return { reconciliation, certification, hashNow: sha256Hex(certification.seal), missing, isTextHidden }
}
