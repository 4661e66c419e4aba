import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'

export type StandIn = {
  readonly standInId: number
  readonly forPerson: string
  readonly standIn: string
  readonly entities: string[]
  readonly startsAt: string
  readonly endsAt: string
  readonly reason: string
  readonly namedBy: string
  readonly namedAt: string
  readonly endedBy: string | null
  readonly endedAt: string | null
  readonly isInForce: boolean
}

const IN_FORCE = sql`s.ended_at is null and now() >= s.starts_at and now() < s.ends_at`
const ROW = sql`s.stand_in_id as "standInId", s.for_person as "forPerson", s.stand_in as "standIn", s.entities, ${iso(sql`s.starts_at`)} as "startsAt",
  ${iso(sql`s.ends_at`)} as "endsAt", s.reason, s.named_by as "namedBy", ${iso(sql`s.named_at`)} as "namedAt", s.ended_by as "endedBy", ${iso(sql`s.ended_at`)} as "endedAt",
  ${IN_FORCE} as "isInForce"`

/** Of and for a person, the newest first. */
export async function listStandIns(db: Queryable, signIn: string): Promise<StandIn[]> {
  const rows = await db.execute<StandIn>(
    sql`select ${ROW} from stand_ins s where s.for_person = ${signIn} or s.stand_in = ${signIn} order by s.stand_in_id desc limit 50`,
  )
  return [...rows]
}

/** Until the transaction ends nobody else ends it. */
export async function lockStandIn(tx: Transaction, standInId: number): Promise<StandIn | null> {
  const [row] = await tx.execute<StandIn>(sql`select ${ROW} from stand_ins s where s.stand_in_id = ${standInId} for update`)
  return row ?? null
}

/** Where somebody may act besides their own entities. The database asks the same of who signs. */
export async function listLentEntities(db: Queryable, signIn: string): Promise<string[]> {
  const rows = await db.execute<{ entity: string }>(sql`select entity from lent_entities(${signIn}) order by 1`)
  return rows.map(({ entity }) => entity)
}

/** For whom somebody stands in now, in whatever entities. */
export async function listStoodInFor(db: Queryable, signIn: string): Promise<string[]> {
  const rows = await db.execute<{ person: string }>(sql`select person from stood_in_for(${signIn}) order by 1`)
  return rows.map(({ person }) => person)
}

export async function insertStandIn(
  tx: Transaction,
  of: Pick<StandIn, 'forPerson' | 'standIn' | 'reason' | 'namedBy'> & {
    readonly entities: readonly string[]
    readonly startsAt: Date
    readonly endsAt: Date
  },
): Promise<number> {
  const entities = JSON.stringify(of.entities)
  const [row] = await tx.execute<{ stand_in_id: number }>(sql`
    insert into stand_ins (for_person, stand_in, entities, starts_at, ends_at, reason, named_by, named_at)
    values (${of.forPerson}, ${of.standIn}, array(select jsonb_array_elements_text(${entities}::jsonb)), ${of.startsAt.toISOString()}, ${of.endsAt.toISOString()},
      ${of.reason}, ${of.namedBy}, ${of.startsAt.toISOString()}) returning stand_in_id`)
  return row!.stand_in_id
}

export async function endStandInRow(tx: Transaction, standInId: number, by: string, at: Date): Promise<void> {
  await tx.execute(
    sql`update stand_ins set ended_by = ${by}, ended_at = ${at.toISOString()} where stand_in_id = ${standInId} and ended_at is null`,
  )
}
