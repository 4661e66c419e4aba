import type { Database } from '#db/client.ts'
import { findRejectedCase, listInForce, type InForce, type RejectedCase } from '#db/queries/corrections.ts'
import { newestMappingVersion, readMapping } from '#db/queries/mappings.ts'
import { readClosedPeriods, readReference } from '#db/queries/reference.ts'
import { findJob } from '#db/queries/runs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { correctableOf, needsSecondPerson, Overlay } from '#server/domain/correction.ts'
import { Refusal, TechnicalError } from '#server/domain/errors.ts'
import type { JobDefinition, LineField } from '#server/domain/job.ts'
import type { Finding, Line } from '#server/domain/line.ts'
import { compileLineJudge } from '#server/domain/mapping/map-line.ts'
import { formatMinor } from '#server/domain/money.ts'
import { isLineType } from '#server/domain/record.ts'
import { closedStates } from '../load/prove-load.ts'
import { readSourceText } from '../reads/source-record.ts'

/** A field of the record as the source wrote it, and the correction of just that text that is there already. */
export type FieldCase = {
  readonly field: LineField
  readonly found: string
  readonly needsSecondPerson: boolean
  readonly inForce: InForce | null
}

export type JudgedLine = Pick<Line, 'entity' | 'period' | 'version' | 'currency'> & {
  readonly debit: string
  readonly credit: string
  readonly findings: readonly Finding[]
}

export type CorrectionCase = {
  readonly record: RejectedCase
  readonly title: string
  readonly jobVersion: number
  readonly fields: readonly FieldCase[]
  /** Why nothing of it can be corrected; null where something can. */
  readonly problem: string | null
  /** By the record rules as they stand today, with what is in force and with one correction more. */
  readonly judge: (more?: { readonly field: LineField; readonly found: string; readonly corrected: string }) => JudgedLine
}

/** A rejected record as its job reads it today. Throws Refusal (record_not_found), for one out of scope as well. */
export async function readCorrectionCase(db: Database, rejectedId: number, scope: readonly string[]): Promise<CorrectionCase> {
  const record = await findRejectedCase(db, rejectedId, scope)
  const job = record && (await findJob(db, record.job))
  if (!record || !job) throw new Refusal('record_not_found', `${rejectedId}`)
  const { definition, version: jobVersion } = job
  const known = { record, title: definition.title, jobVersion }
  const against = whyNothing(record, definition)
  if (against) return { ...known, fields: [], problem: against, judge: () => standing(record) }
  const source = await readSourceText(db, definition, { ...record, byteCount: 0 }, false)
  if (!source.found) return { ...known, fields: [], problem: source.problem ?? GONE, judge: () => standing(record) }
  const inForce = await listInForce(db, record.jobId, record.sourceKey)
  const [reference, mapping, closed] = await Promise.all([
    readReference(db, definition.rules.members, await newestPublication(db), record.systemId),
    readMapping(db, record.systemId, await newestMappingVersion(db, record.systemId)),
    readClosedPeriods(db, closedStates(definition)),
  ])
  const overlay = new Overlay()
  const { cells } = source.found
  const row = cells.map(({ value }) => value)
  try {
    const columns = cells.map(({ column }) => column)
    const { line, judge } = compileLineJudge(definition, columns, reference, mapping, overlay)
    const active = inForce.filter(({ state }) => state === 'active')
    judge(row)
    if (line.sourceKey !== record.sourceKey) return { ...known, fields: [], problem: GONE, judge: () => standing(record) }
    const fields = correctableOf(definition).flatMap((field): FieldCase[] => {
      const found = overlay.saidIn(field)
      if (found === undefined) return []
      const there = inForce.find((one) => one.field === field && one.found === found) ?? null
      return [{ field, found, needsSecondPerson: needsSecondPerson(field), inForce: there }]
    })
    return {
      ...known,
      fields,
      problem: fields.length === 0 ? 'The record has none of the fields that its job lets people correct.' : null,
      judge: (more) => {
        overlay.lay(more ? [...active, { correctionId: 0, sourceKey: record.sourceKey, ...more }] : active)
        return judgedLine(line, judge(row) ?? [], closed)
      },
    }
  } catch (error) {
    // The job was changed since, and its columns are not those of the file any more.
    if (!(error instanceof TechnicalError)) throw error
    return { ...known, fields: [], problem: error.message, judge: () => standing(record) }
  }
}

const GONE = 'The job does not find this record there any more: it reads the file in another way today.'

function whyNothing({ objectType, sourceKey, others, reasons }: RejectedCase, job: JobDefinition): string | null {
  if (!isLineType(objectType)) return 'It is a member: members are corrected by hand on the screen of their dimension.'
  if (correctableOf(job).length === 0)
    return 'Its job lets nobody correct a field. Which may be is said in the definition of the job, under "correctable".'
  if (sourceKey === '') return 'It has no key, so it could not be known again.'
  if (others > 0 || reasons.some(({ code }) => code === 'source_key_conflicting'))
    return 'The source sent several records under its key, and nobody knows which of them is meant.'
  return null
}

function judgedLine(line: Line, findings: readonly Finding[], closed: ReadonlySet<string>): JudgedLine {
  const { entity, period, version, currency, digits } = line
  const isClosed = closed.has(`${entity} ${period}`)
  const late: Finding[] = isClosed ? [{ code: 'period_closed', field: 'period', value: period, detail: `of ${entity}` }] : []
  return {
    entity,
    period,
    version,
    currency,
    debit: formatMinor(line.debit, digits),
    credit: formatMinor(line.credit, digits),
    findings: [...findings, ...late],
  }
}

const standing = ({ entity, period, version, currency, debit, credit }: RejectedCase): JudgedLine => ({
  entity,
  period,
  version,
  currency,
  debit,
  credit,
  findings: [],
})

/** A text that the reader of the file itself would not take. */
const UNREADABLE = ['date_malformed', 'amount_malformed', 'amount_too_precise', 'text_too_long']

/** Why this text cannot stand in the field: asked of the parser that reads the file. Null where it can. */
export function whyNotText(judged: JudgedLine, { field, found }: FieldCase, corrected: string): string | null {
  if (corrected === found) return 'the source says just that'
  const refused = judged.findings.find((finding) => finding.field === field && UNREADABLE.includes(finding.code))
  return refused ? refused.detail || `the reader of the file does not take it` : null
}
