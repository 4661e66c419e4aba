import type { Database, Queryable } from '#db/client.ts'
import {
  findCorrection,
  listCorrectedJobs,
  listCorrections,
  listReadings,
  type CorrectionOnScreen,
  type CorrectionsFilter,
  type CorrectionStanding,
  type ReadingOnScreen,
} from '#db/queries/correction-screens.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { LINE_FIELDS, type LineField } from '#server/domain/job.ts'
import { readCorrectionCase, whyNotText, type CorrectionCase, type JudgedLine } from '../corrections/correction-case.ts'
import { EXPORT_ROWS_MAX, wholeExport } from './whole-export.ts'

export type { CorrectionOnScreen, CorrectionStanding, JudgedLine, ReadingOnScreen }

const PAGE_ROWS = 50
const READINGS_SHOWN = 50
/** Behind one exception. */
const OF_EXCEPTION_MAX = 50

export type CorrectionsListFilter = CorrectionsFilter & {
  readonly before?: number | undefined
  readonly after?: number | undefined
}

export type CorrectionsView = {
  readonly rows: readonly CorrectionOnScreen[]
  readonly jobs: readonly { readonly name: string }[]
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  readonly computedAt: string
}

/** A page of the corrections. */
export async function readCorrections(db: Queryable, filter: CorrectionsListFilter, now: Date): Promise<CorrectionsView> {
  const [found, jobs] = await Promise.all([listCorrections(db, { ...filter, limit: PAGE_ROWS + 1 }), listCorrectedJobs(db)])
  const hasMore = found.length > PAGE_ROWS
  const backwards = filter.after !== undefined && filter.before === undefined
  const rows = hasMore ? (backwards ? found.slice(1) : found.slice(0, PAGE_ROWS)) : found
  return {
    rows,
    jobs,
    hasNewer: backwards ? hasMore : filter.before !== undefined,
    hasOlder: backwards || hasMore,
    computedAt: now.toISOString(),
  }
}

export const readCorrectionsForExport = (
  db: Queryable,
  filter: CorrectionsFilter,
  max = EXPORT_ROWS_MAX,
): Promise<CorrectionOnScreen[]> => wholeExport(max, (limit) => listCorrections(db, { ...filter, limit }))

export type CorrectionsOfException = { readonly rows: readonly CorrectionOnScreen[]; readonly isCut: boolean }

export async function readCorrectionsOf(
  db: Queryable,
  exception: number,
  scope: readonly string[],
): Promise<CorrectionsOfException> {
  const found = await listCorrections(db, { exception, scope, limit: OF_EXCEPTION_MAX + 1 })
  return { rows: found.slice(0, OF_EXCEPTION_MAX), isCut: found.length > OF_EXCEPTION_MAX }
}

export type CorrectionView = {
  readonly correction: CorrectionOnScreen
  readonly readings: readonly ReadingOnScreen[]
  readonly computedAt: string
}

/** Throws Refusal (correction_not_found), for one out of scope as well. */
export async function readCorrection(
  db: Queryable,
  { correctionId, scope }: { correctionId: number; scope: readonly string[] },
  now: Date,
): Promise<CorrectionView> {
  const correction = await findCorrection(db, correctionId, scope)
  if (!correction) throw new Refusal('correction_not_found', `${correctionId}`)
  return { correction, readings: await listReadings(db, correctionId, READINGS_SHOWN), computedAt: now.toISOString() }
}

export type CorrectionDraft = Omit<CorrectionCase, 'judge'> & {
  /** As it would be judged now, and with what is asked; null where nothing is asked yet. */
  readonly before: JudgedLine
  readonly after: JudgedLine | null
  readonly asked: {
    readonly field: LineField
    readonly found: string
    readonly corrected: string
    readonly needsSecondPerson: boolean
  } | null
  /** Why the text cannot stand there. */
  readonly refused: string | null
}

/** A rejected record with what may be corrected, and what a correction would make of it. Throws Refusal (record_not_found). */
export async function readCorrectionDraft(
  db: Database,
  given: { rejectedId: number; field?: string | undefined; corrected?: string | undefined; actor: Actor },
): Promise<CorrectionDraft> {
  const { judge, ...found } = await readCorrectionCase(db, given.rejectedId, given.actor.entityScope)
  const before = judge()
  const field = LINE_FIELDS.find((name) => name === given.field)
  const chosen = found.fields.find((one) => one.field === field)
  const corrected = given.corrected?.trim() ?? ''
  if (!chosen || corrected === '') return { ...found, before, after: null, asked: null, refused: null }
  const asked = { field: chosen.field, found: chosen.found, corrected, needsSecondPerson: chosen.needsSecondPerson }
  const after = judge(asked)
  return { ...found, before, after, asked, refused: whyNotText(after, chosen, corrected) }
}
