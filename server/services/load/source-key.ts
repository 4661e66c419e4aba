import type { JobDefinition } from '#server/domain/job.ts'
import { compileLineJudge } from '#server/domain/mapping/map-line.ts'
import { compileMemberJudge } from '#server/domain/mapping/map-member.ts'
import { isLineType, type ObjectType } from '#server/domain/record.ts'
import { Reference } from '#server/domain/reference.ts'
import type { LocatedRecord } from '#server/formats/format.ts'

/** The key under which a record is kept, from its cells and the mapping of the job; null where the mapping does not fit. */
export function sourceKeyOf(job: JobDefinition, objectType: ObjectType, { cells }: LocatedRecord): string | null {
  const columns = cells.map(({ column }) => column)
  const row = cells.map(({ value }) => value)
  try {
    if (!isLineType(objectType)) return compileMemberJudge(job, objectType, columns)(row).sourceKey || null
    const judge = compileLineJudge(job, columns, new Reference([]))
    judge.judge(row)
    return judge.line.sourceKey || null
  } catch {
    // The mapping names columns this record has not: then no line can have come of it.
    return null
  }
}
