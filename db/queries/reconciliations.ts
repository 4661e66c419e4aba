import { eq, sql, type SQL } from 'drizzle-orm'
import { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { ReconciliationState } from '#server/domain/reconciliation/state.ts'
import type { Queryable, Transaction } from '../client.ts'
import { reconciliationDefinitions, reconciliationVersions } from '../schema/reconciliation-definitions.ts'
import { textArray } from '../text-array.ts'

export type KnownDefinition = {
  readonly definitionId: number
  readonly version: number
  readonly definition: ReconciliationDefinition
  readonly createdBy: string
}

const definitionRow = sql`d.definition_id as "definitionId", v.version, v.definition, v.created_by as "createdBy"`

/** A definition that was kept before a setting was there has its default. */
const read = (row: KnownDefinition): KnownDefinition => ({ ...row, definition: ReconciliationDefinition.parse(row.definition) })

/** What the version in force of each definition compares: nothing while a system of it was never connected. */
const inForce = sql`(
  select d.definition_id, v.version, v.definition ->> 'version' as of_version, v.definition -> 'entities' as entities, v.definition ->> 'since' as since, v.definition -> 'sides' as sides,
    not exists (select from jsonb_array_elements(v.definition -> 'sides') s where s ->> 'system' not in (select code from systems)) as is_connected
  from reconciliation_definitions d join reconciliation_versions v on v.definition_id = d.definition_id and v.version = d.current_version offset 0)`

/** Whether the version in force, as `f`, compares this entity, period and version, and there is something. What it does not goes on being compared as it was. */
const isCovered = (of: SQL) => sql`(f.is_connected and f.of_version = ${of}.version and coalesce(f.entities ? ${of}.entity, true)
  and coalesce(${of}.period collate "C" >= f.since, true) and exists (
    select from jsonb_array_elements(f.sides) side join systems y on y.code = side ->> 'system'
      join slice_totals w on w.system_id = y.system_id and w.object_type = side ->> 'objectType'
        and (w.entity, w.period, w.version) = (${of}.entity, ${of}.period, ${of}.version) and w.superseded_at_pub is null))`

/** Versions that something is compared by: those in force, and those that a newest comparison was made by. */
export async function listWatchedDefinitions(db: Queryable): Promise<KnownDefinition[]> {
  const rows = await db.execute<KnownDefinition>(sql`
    select ${definitionRow} from reconciliation_definitions d join reconciliation_versions v on v.definition_id = d.definition_id
    where v.version = d.current_version or (v.definition_id, v.version) in (
      select r.definition_id, c.definition_version from reconciliations r join comparisons c on c.comparison_id = r.comparison_id)
    order by d.name, v.version`)
  return rows.map(read)
}

export async function findReconciliationDefinition(db: Queryable, name: string): Promise<KnownDefinition | null> {
  const [row] = await db.execute<KnownDefinition>(sql`
    select ${definitionRow} from reconciliation_definitions d
      join reconciliation_versions v on v.definition_id = d.definition_id and v.version = d.current_version where d.name = ${name}`)
  return row ? read(row) : null
}

/** A new version of a definition, by whoever wrote it; the definition itself where it is the first. Made of a proposal it is what was approved. */
export async function saveReconciliationDefinition(
  tx: Transaction,
  {
    definition,
    hash,
    actor,
    at,
    before,
    proposalId,
  }: {
    definition: ReconciliationDefinition
    hash: string
    actor: string
    at: Date
    before: KnownDefinition | null
    proposalId?: number
  },
): Promise<number> {
  const version = (before?.version ?? 0) + 1
  const definitionId = before?.definitionId ?? (await insertDefinition(tx, definition.reconciliation))
  if (before)
    await tx
      .update(reconciliationDefinitions)
      .set({ currentVersion: version })
      .where(eq(reconciliationDefinitions.definitionId, definitionId))
  const made = { definitionId, version, definition, definitionHash: hash, createdBy: actor, createdAt: at, proposalId }
  await tx.insert(reconciliationVersions).values(made)
  return version
}

async function insertDefinition(tx: Transaction, name: string): Promise<number> {
  const definitionId = reconciliationDefinitions.definitionId
  const [row] = await tx.insert(reconciliationDefinitions).values({ name, currentVersion: 1 }).returning({ definitionId })
  return row!.definitionId
}

/** Systems by their codes, in the order of the codes; undefined where one is not known. */
export async function systemIdsOf(db: Queryable, codes: readonly string[]): Promise<(number | undefined)[]> {
  const rows = await db.execute<{ code: string; system_id: number }>(
    sql`select code, system_id from systems where code = any(${textArray(codes)}::text[])`,
  )
  return codes.map((code) => rows.find((row) => row.code === code)?.system_id)
}

export type DueComparison = {
  readonly entity: string
  readonly period: string
  readonly isCertified: boolean
  /** The version of the definition that compares it. */
  readonly by: number
}

/**
 * Entities and periods whose newest comparison does not know what its sides have now: a publication touched them, or records were kept
 * out, held, let through or given up since, or rates came, while something differed. What is certified keeps its definition until it moves, and
 * what the version in force does not compare keeps it for good: both are due by the version they were compared by. A signature on more than
 * was looked into, of before that was refused, is due whatever moves.
 */
export async function listDueComparisons(
  db: Queryable,
  { definitionId, version, definition }: KnownDefinition,
  systemIds: readonly number[],
  asOf: number,
): Promise<DueComparison[]> {
  const sides = definition.sides.map(
    ({ objectType }, i) => sql`(t.system_id = ${systemIds[i]!} and t.object_type = ${objectType})`,
  )
  const ofRates = definition.rates
    ? sql`or j.system_id = (select system_id from systems where code = ${definition.rates.system})`
    : sql``
  const rows = await db.execute<DueComparison>(sql`
    with ended as materialized (
      select greatest(
        (select max(n.finished_at) from runs n join jobs j on j.job_id = n.job_id
          where (j.system_id in ${systemIds} ${ofRates}) and n.status in ('succeeded', 'held', 'failed') and not n.is_preview),
        (select max(g.decided_at) from exception_endings g join exceptions e on e.exception_id = g.exception_id join jobs j on j.job_id = e.job_id
          where j.system_id in ${systemIds} and g.decision = 'approved')) as at),
    touched as materialized (
      select t.entity, t.period, t.version, max(greatest(t.loaded_at_pub, case when t.superseded_at_pub <= ${asOf} then t.superseded_at_pub else 0 end)) as moved
      from slice_totals t where (${sql.join(sides, sql` or `)}) and t.version = ${definition.version} and t.loaded_at_pub <= ${asOf}
        and ${definition.entities ? sql`t.entity = any(${textArray(definition.entities)}::text[])` : sql`true`}
        and ${definition.since ? sql`t.period collate "C" >= ${definition.since}` : sql`true`} group by 1, 2, 3)
    select t.entity, t.period, coalesce(r.state = 'certified', false) as "isCertified", case when ${isCovered(sql`t`)} then f.version else ${version} end as by
    from touched t join ${inForce} f on f.definition_id = ${definitionId}
      left join reconciliations r on r.definition_id = ${definitionId} and (r.entity, r.period, r.version) = (t.entity, t.period, t.version)
      left join comparisons c on c.comparison_id = r.comparison_id cross join ended
    where case when r.state = 'certified' or not ${isCovered(sql`t`)} then c.definition_version else f.version end = ${version}
      and (c.comparison_id is null or t.moved > r.looked_as_of or case when r.state = 'certified' then c.is_bounded else c.definition_version < ${version}
        or (ended.at > r.looked_at and exists (select from comparison_parts p where p.comparison_id = c.comparison_id)) end)
    order by t.period, t.entity`)
  return [...rows]
}

export type Reconciliation = {
  readonly reconciliationId: number
  readonly definitionId: number
  readonly name: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly state: ReconciliationState
  readonly comparisonId: number | null
  readonly certificationId: number | null
  readonly revision: number
}

const reconciliationRow = sql`r.reconciliation_id as "reconciliationId", r.definition_id as "definitionId", d.name, r.entity, r.period, r.version, r.state,
  r.comparison_id as "comparisonId", r.certification_id as "certificationId", r.revision`

export async function findReconciliation(db: Queryable, reconciliationId: number): Promise<Reconciliation | null> {
  const [row] = await db.execute<Reconciliation>(sql`
    select ${reconciliationRow} from reconciliations r join reconciliation_definitions d using (definition_id) where r.reconciliation_id = ${reconciliationId}`)
  return row ?? null
}

/** Until the caller's transaction ends nobody else compares, explains or signs it. */
export async function lockReconciliation(tx: Transaction, reconciliationId: number): Promise<Reconciliation | null> {
  const [row] = await tx.execute<Reconciliation>(sql`
    select ${reconciliationRow} from reconciliations r join reconciliation_definitions d using (definition_id)
    where r.reconciliation_id = ${reconciliationId} for update of r`)
  return row ?? null
}

/** The reconciliation of a definition for an entity and period, made where it is the first time, and locked. */
export async function openReconciliation(
  tx: Transaction,
  { definitionId, entity, period, version }: { definitionId: number; entity: string; period: string; version: string },
): Promise<Reconciliation> {
  const [row] = await tx.execute<{ reconciliation_id: number }>(sql`
    insert into reconciliations (definition_id, entity, period, version, state) values (${definitionId}, ${entity}, ${period}, ${version}, 'breaks')
    on conflict (definition_id, entity, period, version) do update set state = reconciliations.state returning reconciliation_id`)
  return (await lockReconciliation(tx, row!.reconciliation_id))!
}

export async function moveReconciliation(
  tx: Transaction,
  reconciliationId: number,
  {
    state,
    comparisonId,
    certificationId,
  }: { state: ReconciliationState; comparisonId?: number | undefined; certificationId?: number | undefined },
): Promise<void> {
  await tx.execute(sql`
    update reconciliations set state = ${state}, comparison_id = coalesce(${comparisonId ?? null}, comparison_id),
      certification_id = coalesce(${certificationId ?? null}, certification_id), revision = revision + 1 where reconciliation_id = ${reconciliationId}`)
}

/** Its sides were looked at as of a publication. `at`: readClock, before they were. */
export async function noteLook(tx: Transaction, reconciliationId: number, asOf: number, at: string): Promise<void> {
  await tx.execute(
    sql`update reconciliations set looked_as_of = ${asOf}, looked_at = ${at} where reconciliation_id = ${reconciliationId}`,
  )
}

/** The database's own clock, to the last digit. */
export async function readClock(db: Queryable): Promise<string> {
  const [row] = await db.execute<{ at: string }>(sql`select clock_timestamp()::text as at`)
  return row!.at
}

/** What people say of its lines has changed: it is due, and nobody signs before it is compared again. */
export async function forgetLook(tx: Transaction, reconciliationId: number): Promise<void> {
  await tx.execute(sql`update reconciliations set looked_as_of = 0 where reconciliation_id = ${reconciliationId}`)
}

/** What a reconciliation is compared by: the version in force where that compares it, else the one it was compared by. */
export async function findDefinitionOf(db: Queryable, reconciliationId: number): Promise<KnownDefinition | null> {
  const [row] = await db.execute<KnownDefinition>(sql`
    select ${definitionRow} from reconciliations r join reconciliation_definitions d using (definition_id) join ${inForce} f using (definition_id)
      left join comparisons c on c.comparison_id = r.comparison_id join reconciliation_versions v on v.definition_id = r.definition_id
        and v.version = case when ${isCovered(sql`r`)} then f.version else c.definition_version end where r.reconciliation_id = ${reconciliationId}`)
  return row ? read(row) : null
}

export async function findDefinitionVersion(db: Queryable, definitionId: number, version: number): Promise<KnownDefinition> {
  const [row] = await db.execute<KnownDefinition>(sql`
    select ${definitionRow} from reconciliation_definitions d
      join reconciliation_versions v on v.definition_id = d.definition_id and v.version = ${version} where d.definition_id = ${definitionId}`)
  return read(row!)
}

/** Whether a publication touched its slices, as they are compared or were signed, after they were last looked at. */
export async function hasMovedSinceLook(db: Queryable, reconciliationId: number): Promise<boolean> {
  const [row] = await db.execute<{ moved: boolean }>(sql`
    select exists (
      select from reconciliations r join ${inForce} f using (definition_id) left join comparisons c on c.comparison_id = r.comparison_id
        join reconciliation_versions v on v.definition_id = r.definition_id
          and v.version = case when r.state = 'certified' or not ${isCovered(sql`r`)} then c.definition_version else f.version end
        cross join lateral jsonb_array_elements(v.definition -> 'sides') s join systems y on y.code = s ->> 'system'
        join slice_totals t on t.system_id = y.system_id and t.object_type = s ->> 'objectType' and (t.entity, t.period, t.version) = (r.entity, r.period, r.version)
      where r.reconciliation_id = ${reconciliationId} and (t.loaded_at_pub > r.looked_as_of or t.superseded_at_pub > r.looked_as_of)) as moved`)
  return row!.moved
}
