import type { Queryable } from '#db/client.ts'
import {
  listDimensionSystems,
  listMemberHistory,
  listMembers,
  type MemberHistoryRow,
  type MembersFilter,
  type Statement,
} from '#db/queries/member-screens.ts'
import { readSystemsOfRecord } from '#db/queries/reference.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { MEMBER_TYPES, TOWER_SYSTEM, type MemberType } from '#server/domain/member-correction.ts'
import { BY_HAND, RECORD } from '#server/domain/reference.ts'
import { EXPORT_REFERENCE_ROWS_MAX, wholeExport } from './whole-export.ts'

export type { MemberHistoryRow, MembersFilter, Statement }

/** `counts`: the statement the rules go by today. */
export type ShownMember = {
  readonly entity: string
  readonly code: string
  readonly counts: Statement
  readonly others: readonly Statement[]
  readonly isByHand: boolean
  readonly driftExceptionId: number | null
}
export type DimensionView = {
  readonly dimension: MemberType
  readonly rows: readonly ShownMember[]
  readonly hasMore: boolean
  readonly systems: readonly {
    readonly system: string
    readonly name: string
    readonly members: number
    readonly isRecord: boolean
  }[]
  readonly selected: { readonly member: ShownMember | null; readonly history: readonly MemberHistoryRow[] } | null
  readonly today: string
  readonly computedAt: string
}
export type DimensionRequest = MembersFilter & {
  readonly member?: { readonly entity: string; readonly code: string } | undefined
}

const PAGE_ROWS = 100
const HISTORY_MAX = 100

/** One page of the members of a dimension, and one of them with its history when it is asked for. */
export async function readDimension(db: Queryable, { member, ...filter }: DimensionRequest, now: Date): Promise<DimensionView> {
  const { dimension, scope } = filter
  const today = now.toISOString().slice(0, 10)
  const [found, carried, records, history] = await Promise.all([
    listMembers(db, filter, PAGE_ROWS + 1),
    listDimensionSystems(db, scope),
    readSystemsOfRecord(db),
    member ? listMemberHistory(db, { dimension, ...member, scope }, HISTORY_MAX) : null,
  ])
  const shown = found.map((row) => shownMember(row, (id) => records.has(`${dimension} ${id}`), today))
  const rows = shown.slice(0, PAGE_ROWS)
  const systemIds = new Map(found.flatMap(({ statements }) => statements.map((s) => [s.system, s.systemId] as const)))
  return {
    dimension,
    rows,
    hasMore: found.length > PAGE_ROWS,
    systems: carried
      .filter((row) => row.dimension === dimension)
      .map(({ system, systemName, members }) => ({
        system,
        name: systemName,
        members,
        isRecord: records.has(`${dimension} ${systemIds.get(system) ?? 0}`),
      })),
    selected:
      member && history
        ? { member: rows.find((row) => row.code === member.code && row.entity === member.entity) ?? null, history }
        : null,
    today,
    computedAt: now.toISOString(),
  }
}

/** Every member of the view, for a file. */
export async function readDimensionForExport(
  db: Queryable,
  filter: MembersFilter,
  now: Date,
  max = EXPORT_REFERENCE_ROWS_MAX,
): Promise<ShownMember[]> {
  const records = await readSystemsOfRecord(db)
  const rows = await wholeExport(max, (limit) => listMembers(db, filter, limit))
  return rows.map((row) => shownMember(row, (id) => records.has(`${filter.dimension} ${id}`), now.toISOString().slice(0, 10)))
}

export type MemberChoice = { readonly code: string; readonly name: string }
const CHOICES_MAX = 500

/** Codes one may map to, with their names: of one dimension, as far as a list helps. */
export async function readMemberChoices(
  db: Queryable,
  dimension: string | undefined,
  scope: readonly string[],
): Promise<MemberChoice[]> {
  const types = MEMBER_TYPES.filter(
    (type) => type === dimension || (dimension === 'counterparty' && (type === 'supplier' || type === 'customer')),
  )
  const publication = await newestPublication(db)
  const found = await Promise.all(types.map((type) => listMembers(db, { dimension: type, publication, scope }, CHOICES_MAX)))
  const choices = found.flat().map(({ code, statements }) => [code, statements[0]!.name] as const)
  return [...new Map(choices)].map(([code, name]) => ({ code, name }))
}

/** After every system: a correction by hand whose day is yet to come. */
const NOT_YET = 2_147_483_647

type Found = Awaited<ReturnType<typeof listMembers>>[number]

/** The same order as the record rules: by hand from its date on, then the system of record, then who was connected first. */
function shownMember(row: Found, isRecord: (systemId: number) => boolean, today: string): ShownMember {
  const begun = (s: Statement) => s.validFrom === '' || s.validFrom <= today
  const rank = (s: Statement) =>
    s.system === TOWER_SYSTEM ? (begun(s) ? BY_HAND : NOT_YET) : isRecord(s.systemId) ? RECORD : RECORD + s.systemId
  const later = (a: Statement, b: Statement) => (a.validFrom < b.validFrom ? 1 : -1)
  const sorted = row.statements.toSorted((a, b) => rank(a) - rank(b) || (begun(b) ? 1 : 0) - (begun(a) ? 1 : 0) || later(a, b))
  const [counts, ...others] = sorted
  return {
    entity: row.entity,
    code: row.code,
    counts: counts!,
    others,
    isByHand: row.statements.some(({ system }) => system === TOWER_SYSTEM),
    driftExceptionId: row.driftExceptionId,
  }
}
