import { sql, type SQL } from 'drizzle-orm'

/** The ids of a load's lines lie in [firstLineId, firstLineId + this). */
export const LINE_IDS_PER_LOAD = 100_000_000

/** The lines that a load brought, whatever became of them since. */
export const linesOfLoad = (firstLineId: number): SQL =>
  sql`(select * from lines where line_id >= ${firstLineId} and line_id < ${firstLineId + LINE_IDS_PER_LOAD})`
