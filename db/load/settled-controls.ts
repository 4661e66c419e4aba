import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { textArray } from '../text-array.ts'
import { isAsOld, type ClosedException } from './exceptions.ts'
import { haveCome, isHeldStill } from './held-loads.ts'
import type { LoadScope } from './settle-lines.ts'

type Proved = LoadScope & {
  readonly jobId: number
  readonly slices: readonly string[]
  /** Its equation holds, and it is in the scope of whoever asked for it. */
  readonly isSound: boolean
  /** What it brings is not all there is: records that were held and do not come again are still wanted. */
  readonly isDelta: boolean
}

/**
 * Control exceptions close when the same claim ties in a run that covers at least the same slices and whose input is not older. Of a delta
 * job it says nothing of the loads that are held behind one, unless it replays them or every record of them has come again.
 */
export async function closeSettledControls(tx: Transaction, run: Proved): Promise<ClosedException[]> {
  const { runId, jobId, slices, isSound, isDelta } = run
  const settled = await tx.execute<{ id: number; held: number[] }>(sql`
    select e.exception_id as id, ${isDelta ? heldBehind(runId) : sql`'{}'::int[]`} as held from exceptions e
    where e.job_id = ${jobId} and e.failure_class = 'control' and e.closed_at is null and e.slices <@ ${textArray(slices)} and ${isAsOld(runId)}
      and (e.code in ('conservation_broken', 'outside_entity_scope') and ${isSound} or e.code not in ('conservation_broken', 'outside_entity_scope') and exists (select from claims c where c.run_id = ${runId} and c.ties and c.measure = e.subject->>'measure' and c.subject = coalesce(e.subject->>'account', ''))
        and not exists (select from claims c where c.run_id = ${runId} and not c.ties and c.measure = e.subject->>'measure' and c.subject = coalesce(e.subject->>'account', '')))`)
  const closed: number[] = []
  for (const { id, held } of settled) if (await haveCome(tx, run, held, id)) closed.push(id)
  if (closed.length === 0) return []
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${runId} where e.exception_id = any(${intArray(closed)}) returning exception_id, code, title`)
}

/** Of exceptions as `e`: runs that raised it and are held still. */
const heldBehind = (runId: number) => sql`array(
  select r.run_id from runs r where r.run_id in (select c.run_id from claims c where c.exception_id = e.exception_id union select e.opened_run_id union select e.last_run_id)
    and ${isHeldStill(runId)})`
