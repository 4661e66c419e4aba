import type { Database } from '#db/client.ts'
import { readFigures, type Compared, type FigureRow } from '#db/queries/comparison-sides.ts'
import { findComparison } from '#db/queries/comparisons.ts'
import { listEvidence, type EvidenceRow } from '#db/queries/evidence.ts'
import { sumMatches } from '#db/queries/matches.ts'
import { listNames } from '#db/queries/people.ts'
import {
  findDefinitionVersion,
  findReconciliation,
  type KnownDefinition,
  type Reconciliation,
} from '#db/queries/reconciliations.ts'
import { listCertifications, type Certification } from '#db/queries/sign-offs.ts'
import { seesEntity } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { comparedOf } from '../reconcile/compared.ts'
import { inForce } from '../reconcile/evidence.ts'
import { SealBody, sealBodyOf } from '../reconcile/seal.ts'
import { standingOf } from '../reconcile/standing-of.ts'

export type PackAsked = {
  readonly reconciliationId: number
  /** Without it: the newest comparison, with its certification where one stands. */
  readonly certificationId?: number | undefined
  readonly scope: readonly string[]
}

/** What a pack is made of. */
export type Pack = {
  readonly reconciliation: Reconciliation
  readonly known: KnownDefinition
  readonly compared: Compared
  readonly comparedAt: string
  /** As it was sealed; where nobody certified it, as it stands. */
  readonly body: SealBody
  readonly certification: Certification | null
  /** The seal names an entity that the reader may not see, so its text does not go along. */
  readonly isSealHidden: boolean
  /** What the sides have as of that publication, read from the lines now. */
  readonly figuresNow: readonly FigureRow[]
  readonly evidence: readonly EvidenceRow[]
  /** By sign-in. */
  readonly names: ReadonlyMap<string, string>
}

/** Throws Refusal (reconciliation_not_found), for one out of scope as well. */
export async function gatherPack(db: Database, { reconciliationId, certificationId, scope }: PackAsked): Promise<Pack> {
  const reconciliation = await findReconciliation(db, reconciliationId)
  if (!reconciliation || !seesEntity({ entityScope: scope }, reconciliation.entity)) throw notFound(reconciliationId)
  const certification = (await listCertifications(db, reconciliationId)).find((one) =>
    certificationId === undefined ? one.supersededAt === null : one.certificationId === certificationId,
  )
  if (certificationId !== undefined && !certification) throw notFound(reconciliationId)
  const whole = certification ? SealBody.parse(JSON.parse(certification.seal)) : await bodyNow(db, reconciliation)
  const known = await findDefinitionVersion(db, reconciliation.definitionId, whole.definition.version)
  const [compared, comparison] = [await comparedOf(db, known, reconciliation), await findComparison(db, whole.comparison)]
  if (!compared || !comparison) throw notFound(reconciliationId)
  const body = { ...whole, parts: whole.parts.map((part) => toldInScope(part, scope)) }
  const kept = await listEvidence(db, reconciliationId)
  const signIns = [...body.signOffs.map(({ signedBy }) => signedBy), ...body.explanations.map(({ explainedBy }) => explainedBy)]
  return {
    reconciliation,
    known,
    compared,
    comparedAt: comparison.comparedAt,
    body,
    certification: certification ?? null,
    isSealHidden: body.parts.some((part, i) => part !== whole.parts[i]),
    figuresNow: await readFigures(db, compared, whole.asOfPublication),
    evidence: kept.filter((row) => body.evidence.some(({ name, sha256 }) => row.name === name && row.sha256 === sha256)),
    names: await listNames(db, signIns),
  }
}

async function bodyNow(db: Database, of: Reconciliation): Promise<SealBody> {
  const standing = await standingOf(db, of)
  if (!standing) throw notFound(of.reconciliationId)
  const { comparisonId } = standing.comparison
  const bound = { evidence: await inForce(db, of.reconciliationId), matches: await sumMatches(db, comparisonId) }
  return sealBodyOf(of, standing, bound)
}

type Part = SealBody['parts'][number]

/** A line that stands in another entity explains a part; to whoever may not see that entity it is not named. */
function toldInScope(part: Part, scope: readonly string[]): Part {
  const { entity } = part.because
  if (typeof entity !== 'string' || seesEntity({ entityScope: scope }, entity)) return part
  return { ...part, because: { ...part.because, entity: '' } }
}

const notFound = (reconciliationId: number) => new Refusal('reconciliation_not_found', `${reconciliationId}`)
