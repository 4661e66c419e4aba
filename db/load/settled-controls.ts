import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { holdings } from '../queries/held.ts'
import { textArray } from '../text-array.ts'
import { isAsOld, type ClosedException } from './exceptions.ts'
import type { LoadScope } from './settle-lines.ts'

type Proved = LoadScope & {
  readonly jobId: number
  readonly slices: readonly string[]
  /** Its equation holds, and it is in the scope of whoever asked for it. */
  readonly isSound: boolean
}

/**
 * Control exceptions close when the same claim ties in a run that covers at least the same slices and whose input is not older. A statement
 * that had come with other content: when it comes as it stands, or as a correction. Not while a load is held behind it: of what
 * that one brought the run says nothing.
 */
export async function closeSettledControls(tx: Transaction, run: Proved): Promise<ClosedException[]> {
  const { runId, jobId, slices, isSound } = run
  const tied = sql`c.run_id = ${runId} and c.measure = e.subject->>'measure' and c.subject = coalesce(e.subject->>'account', '')`
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${runId}
    where e.job_id = ${jobId} and e.failure_class = 'control' and e.closed_at is null and e.slices <@ ${textArray(slices)} and ${isAsOld(runId)}
      and case when e.code in ('conservation_broken', 'outside_entity_scope') then ${isSound}
        when e.code = 'statement_altered' then exists (select from bank_statements s where s.run_id = ${runId}
          and s.account = e.subject->>'account' and s.statement = e.subject->>'statement' and s.outcome <> 'altered')
        else exists (select from claims c where ${tied} and c.ties) and not exists (select from claims c where ${tied} and not c.ties) end
      and not exists (select from ${holdings} h where h.exception_id = e.exception_id)
    returning exception_id, code, title`)
}
