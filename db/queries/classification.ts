import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import type { KeptRule } from '#server/domain/failure-names/name-failure.ts'
import type { FailureCode, Said } from '#server/domain/failure-names/said.ts'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'

/** The rules that hold for a system, the oldest first: the first that matches names. */
export async function listRulesInForce(db: Queryable, systemId: number): Promise<KeptRule[]> {
  const rows = await db.execute<KeptRule>(sql`
    select rule_id as "ruleId", match, value, code from classification_rules where system_id = ${systemId} and withdrawn_at is null order by rule_id`)
  return [...rows]
}

export type ClassificationRuleRow = {
  ruleId: number
  system: string
  match: 'code' | 'phrase'
  value: string
  code: FailureCode
  reason: string
  exceptionId: number
  createdBy: string
  createdAt: string
  withdrawnBy: string | null
  withdrawnAt: string | null
  withdrawnReason: string | null
  /** Attempts it named, counted from the rows. */
  matched: number
  lastMatchedAt: string | null
}

/** Those in force first, then the withdrawn ones; each the newest first. */
export async function listClassificationRules(db: Queryable): Promise<ClassificationRuleRow[]> {
  const rows = await db.execute<ClassificationRuleRow>(sql`
    select r.rule_id as "ruleId", s.code as system, r.match, r.value, r.code, r.reason, r.exception_id as "exceptionId", r.created_by as "createdBy",
      ${iso(sql`r.created_at`)} as "createdAt", r.withdrawn_by as "withdrawnBy", ${iso(sql`r.withdrawn_at`)} as "withdrawnAt", r.withdrawn_reason as "withdrawnReason",
      m.matched, ${iso(sql`m.last_at`)} as "lastMatchedAt"
    from classification_rules r join systems s on s.system_id = r.system_id
      cross join lateral (select count(*)::int as matched, max(coalesce(a.ended_at, a.started_at)) as last_at from attempts a where a.rule_id = r.rule_id) m
    order by r.withdrawn_at is not null, r.rule_id desc`)
  return [...rows]
}

/** Null where one for the same is in force. */
export async function insertClassificationRule(
  tx: Transaction,
  rule: Omit<KeptRule, 'ruleId'> & { systemId: number; reason: string; exceptionId: number; by: string },
): Promise<number | null> {
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into classification_rules (system_id, match, value, code, reason, exception_id, created_by)
    values (${rule.systemId}, ${rule.match}, ${rule.value}, ${rule.code}, ${rule.reason}, ${rule.exceptionId}, ${rule.by})
    on conflict (system_id, match, value) where withdrawn_at is null do nothing returning rule_id as id`)
  return row?.id ?? null
}

/** What it was; null where there is none in force. */
export async function withdrawClassificationRuleRow(
  tx: Transaction,
  ruleId: number,
  { by, reason }: { by: string; reason: string },
): Promise<(Omit<KeptRule, 'ruleId'> & { system: string }) | null> {
  const [row] = await tx.execute<Omit<KeptRule, 'ruleId'> & { system: string }>(sql`
    update classification_rules r set withdrawn_at = now(), withdrawn_by = ${by}, withdrawn_reason = ${reason}
    from systems s where r.rule_id = ${ruleId} and r.withdrawn_at is null and s.system_id = r.system_id
    returning r.match, r.value, r.code, s.code as system`)
  return row ?? null
}

/** An exception as somebody is about to name it. said: what was said last; of attempts from before it was kept, their detail. */
export type ClassifiableRow = {
  exceptionId: number
  jobId: number
  job: string
  systemId: number
  system: string
  failureClass: FailureClass
  code: string
  title: string
  detail: string
  file: string | null
  entities: string[]
  revision: number
  isClosed: boolean
  classifiedBy: string | null
  ruleId: number | null
  said: Said
}

const classifiable = (where: ReturnType<typeof sql>) => sql`
  select e.exception_id as "exceptionId", e.job_id as "jobId", j.name as job, s.system_id as "systemId", s.code as system, e.failure_class as "failureClass", e.code, e.title,
    e.detail, e.subject->>'file' as file, e.entities, e.revision, e.closed_at is not null as "isClosed", e.classified_by as "classifiedBy", e.rule_id as "ruleId",
    coalesce((select a.said from attempts a where a.run_id = e.last_run_id and a.said is not null order by a.attempt desc limit 1), ${saidOf(sql`e.detail`)}) as said
  from exceptions e join jobs j on j.job_id = e.job_id join systems s on s.system_id = j.system_id where ${where}`

const saidOf = (detail: ReturnType<typeof sql>) =>
  sql`jsonb_build_object('vendor', 'node', 'status', null, 'codes', '[]'::jsonb, 'texts', jsonb_build_array(coalesce(${detail}, '')))`

export async function findClassifiable(db: Queryable, exceptionId: number): Promise<ClassifiableRow | null> {
  const [row] = await db.execute<ClassifiableRow>(classifiable(sql`e.exception_id = ${exceptionId}`))
  return row ?? null
}

export async function lockClassifiable(tx: Transaction, exceptionId: number): Promise<ClassifiableRow | null> {
  const [row] = await tx.execute<ClassifiableRow>(sql`${classifiable(sql`e.exception_id = ${exceptionId}`)} for update of e`)
  return row ?? null
}

/** Open ones that a rule named, or that were named when it was made. */
export async function lockNamedByRule(tx: Transaction, ruleId: number): Promise<ClassifiableRow[]> {
  const rows = await tx.execute<ClassifiableRow>(
    sql`${classifiable(sql`e.rule_id = ${ruleId} and e.closed_at is null`)} order by e.exception_id for update of e`,
  )
  return [...rows]
}

export type NewName = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly title: string
  readonly fingerprint: string
  readonly classifiedBy: string | null
  readonly ruleId: number | null
}

/** Where another open exception has this cause already, this one stays one of its own. */
export async function renameException(tx: Transaction, exceptionId: number, name: NewName): Promise<void> {
  await tx.execute(sql`
    update exceptions e set failure_class = ${name.failureClass}, code = ${name.code}, title = ${name.title}, classified_by = ${name.classifiedBy}, rule_id = ${name.ruleId},
      fingerprint = case when exists (select from exceptions o where o.fingerprint = ${name.fingerprint} and o.closed_at is null and o.exception_id <> e.exception_id)
        then ${`${name.fingerprint}|exception ${exceptionId}`} else ${name.fingerprint} end,
      revision = e.revision + 1
    where e.exception_id = ${exceptionId}`)
}

/** A failure of a run that nobody could name, as it was kept. */
export type UnnamedRow = { runId: number; attempt: number; job: string; at: string; detail: string; said: Said }

/** Kept failures of a system without a name, the newest first. */
export async function listUnnamed(db: Queryable, systemId: number, limit: number): Promise<UnnamedRow[]> {
  const rows = await db.execute<UnnamedRow>(sql`
    select a.run_id as "runId", a.attempt, j.name as job, ${iso(sql`coalesce(a.ended_at, a.started_at)`)} as at, coalesce(a.failure_detail, '') as detail,
      coalesce(a.said, ${saidOf(sql`a.failure_detail`)}) as said
    from attempts a join runs r on r.run_id = a.run_id join jobs j on j.job_id = r.job_id
    where a.failure_class = 'unclassified' and j.system_id = ${systemId} order by a.run_id desc, a.attempt desc limit ${limit}`)
  return [...rows]
}
