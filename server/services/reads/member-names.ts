import type { Queryable } from '#db/client.ts'
import { listMemberNames } from '#db/queries/line-screens.ts'
import type { ObjectType } from '#server/domain/record.ts'

/** The name of a code as its own system says it; as others say it only where they all say the same. A wrong name is worse than none. */
export type NameOf = (code: string, system?: string) => string | null

export async function readNames(
  db: Queryable,
  dimension: ObjectType,
  codes: readonly string[],
  { publication, scope }: { readonly publication: number; readonly scope: readonly string[] },
): Promise<NameOf> {
  const rows = await listMemberNames(db, dimension, [...new Set(codes)], publication, scope)
  return (code, system) => {
    const same = rows.filter((row) => row.code === code)
    const own = same.find((row) => row.system === system)
    const names = new Set(same.map(({ name }) => name))
    return own?.name ?? (names.size === 1 ? same[0]!.name : null)
  }
}
