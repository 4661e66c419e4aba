import { sql } from 'drizzle-orm'
import type { ExplanationType, SignOffAct } from '#server/domain/reconciliation/state.ts'
import type { Queryable, Transaction } from '../client.ts'

const instant = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

export type Explanation = {
  readonly explanationId: number
  readonly side: number
  readonly account_group: string
  readonly currency: string
  readonly key: string
  readonly type: ExplanationType
  readonly amount: string
  readonly text: string
  readonly evidenceId: number | null
  readonly explainedBy: string
  readonly explainedAt: string
}

/** Those in force. */
export async function listExplanations(db: Queryable, reconciliationId: number): Promise<Explanation[]> {
  const rows = await db.execute<Explanation>(sql`
    select explanation_id as "explanationId", side, account_group, currency, key, type, amount::text as amount, text, evidence_id as "evidenceId",
      explained_by as "explainedBy", ${instant('explained_at')} as "explainedAt"
    from explanations where reconciliation_id = ${reconciliationId} and withdrawn_at is null order by explanation_id`)
  return [...rows]
}

export type NewExplanation = Omit<Explanation, 'explanationId' | 'explainedAt'> & {
  readonly reconciliationId: number
  readonly at: Date
}

export async function insertExplanation(tx: Transaction, given: NewExplanation): Promise<number> {
  const [row] = await tx.execute<{ explanation_id: number }>(sql`
    insert into explanations (reconciliation_id, side, account_group, currency, key, type, amount, text, evidence_id, explained_by, explained_at)
    values (${given.reconciliationId}, ${given.side}, ${given.account_group}, ${given.currency}, ${given.key}, ${given.type}, ${given.amount}, ${given.text},
      ${given.evidenceId}, ${given.explainedBy}, ${given.at.toISOString()}) returning explanation_id`)
  return row!.explanation_id
}

/** Returns whether it was in force. */
export async function withdrawExplanationRow(
  tx: Transaction,
  of: { reconciliationId: number; explanationId: number; by: string; at: Date },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update explanations set withdrawn_by = ${of.by}, withdrawn_at = ${of.at.toISOString()}
    where explanation_id = ${of.explanationId} and reconciliation_id = ${of.reconciliationId} and withdrawn_at is null returning 1`)
  return rows.length > 0
}

export type SignOff = {
  readonly signOffId: number
  readonly comparisonId: number
  readonly act: SignOffAct
  readonly signedBy: string
  readonly comment: string
  readonly signedAt: string
}

/** Newest first. */
export async function listSignOffs(db: Queryable, reconciliationId: number): Promise<SignOff[]> {
  const rows = await db.execute<SignOff>(sql`
    select sign_off_id as "signOffId", comparison_id as "comparisonId", act, signed_by as "signedBy", comment, ${instant('signed_at')} as "signedAt"
    from sign_offs where reconciliation_id = ${reconciliationId} order by sign_off_id desc`)
  return [...rows]
}

export async function insertSignOff(
  tx: Transaction,
  of: {
    reconciliationId: number
    comparisonId: number
    act: SignOffAct
    signedBy: string
    /** The version of the definition whose rule signs. */
    ruleVersion?: number
    comment: string
    at: Date
  },
): Promise<number> {
  const [row] = await tx.execute<{ sign_off_id: number }>(sql`
    insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, rule_version, comment, signed_at)
    values (${of.reconciliationId}, ${of.comparisonId}, ${of.act}, ${of.signedBy}, ${of.ruleVersion ?? null}, ${of.comment}, ${of.at.toISOString()}) returning sign_off_id`)
  return row!.sign_off_id
}

/** Who changed, loaded, replayed or corrected what was compared, or wrote its definition: they do not certify it. */
export async function listPeopleUnder(db: Queryable, comparisonId: number): Promise<{ person: string; because: string }[]> {
  const rows = await db.execute<{ person: string; because: string }>(
    sql`select person, min(because) as because from people_under(${comparisonId}) group by person order by 1`,
  )
  return [...rows]
}

/** The database's own word on whether the rule of a definition certifies a comparison; null: it may. */
export async function findWhyNotByRule(db: Queryable, comparisonId: number): Promise<string | null> {
  const [row] = await db.execute<{ why: string | null }>(sql`select why_not_by_rule(${comparisonId}) as why`)
  return row!.why
}

export type Certification = {
  readonly certificationId: number
  readonly comparisonId: number
  readonly asOf: number
  readonly seal: string
  readonly sealHash: string
  readonly isAutomatic: boolean
  readonly certifiedAt: string
  readonly supersededAt: string | null
  readonly supersededBy: number | null
}

const certificationRow = sql`certification_id as "certificationId", comparison_id as "comparisonId", as_of as "asOf", seal, seal_hash as "sealHash",
  is_automatic as "isAutomatic", ${instant('certified_at')} as "certifiedAt", ${instant('superseded_at')} as "supersededAt", superseded_by as "supersededBy"`

/** Newest first. */
export async function listCertifications(db: Queryable, reconciliationId: number): Promise<Certification[]> {
  const rows = await db.execute<Certification>(
    sql`select ${certificationRow} from certifications where reconciliation_id = ${reconciliationId} order by certification_id desc`,
  )
  return [...rows]
}

export async function findCertification(
  db: Queryable,
  certificationId: number,
): Promise<(Certification & { reconciliationId: number }) | null> {
  const [row] = await db.execute<Certification & { reconciliationId: number }>(
    sql`select ${certificationRow}, reconciliation_id as "reconciliationId" from certifications where certification_id = ${certificationId}`,
  )
  return row ?? null
}

export async function insertCertification(
  tx: Transaction,
  of: {
    reconciliationId: number
    comparisonId: number
    asOf: number
    seal: string
    sealHash: string
    isAutomatic: boolean
    at: Date
  },
): Promise<number> {
  const [row] = await tx.execute<{ certification_id: number }>(sql`
    insert into certifications (reconciliation_id, comparison_id, as_of, seal, seal_hash, is_automatic, certified_at)
    values (${of.reconciliationId}, ${of.comparisonId}, ${of.asOf}, ${of.seal}, ${of.sealHash}, ${of.isAutomatic}, ${of.at.toISOString()}) returning certification_id`)
  return row!.certification_id
}

export async function supersedeCertification(
  tx: Transaction,
  certificationId: number,
  comparisonId: number,
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    update certifications set superseded_at = ${at.toISOString()}, superseded_by = ${comparisonId} where certification_id = ${certificationId} and superseded_at is null`)
}
