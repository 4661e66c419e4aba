import { minorDigitsOf } from '../currency.ts'
import type { JobDefinition, MemberField } from '../job.ts'
import type { Finding, JudgedMember, Member, Report } from '../line.ts'
import type { ObjectType } from '../record.ts'
import { dateReader } from './dates.ts'
import { compileRateJudge } from './map-rate.ts'
import { nothing, readerOf, type Reader, type Row } from './columns.ts'
import { boundedText, CODE_CHARS_MAX } from './text-length.ts'

/** Compiles the mapping of member records. A field without a mapping takes the column of its own name. */
export function compileMemberJudge(
  job: JobDefinition,
  objectType: ObjectType,
  columns: readonly string[],
): (row: Row) => JudgedMember {
  if (objectType === 'fx_rate') return compileRateJudge(job, columns)
  // In a file that carries several kinds of records the job's mapping is about its own object type only.
  const fields = job.objectType === objectType ? job.mapping.fields : {}
  const reader = (field: MemberField): Reader => {
    const source = fields[field] ?? (columns.includes(field) ? { column: field } : undefined)
    return source && !('calendar' in source) ? readerOf(source, columns, field) : nothing
  }
  const read = {
    code: reader('code'),
    name: reader('name'),
    entity: reader('entity'),
    validFrom: reader('valid_from'),
    validTo: reader('valid_to'),
    status: reader('status'),
    currency: reader('currency'),
  }
  const kept = columns.filter(
    (column) =>
      !USED.has(column) && (job.objectType !== objectType || job.mapping.attributes.includes(column) || column === 'calendar'),
  )
  const attributes = kept.map((column) => [column, readerOf({ column }, columns, column)] as const)
  const readDate = dateReader(job.mapping.dates)

  return (row) => {
    const findings: Finding[] = []
    const date = (text: string, field: MemberField): string => {
      const iso = text === '' ? '' : readDate(text)
      if (iso === null)
        findings.push({
          code: 'date_malformed',
          field,
          value: '',
          detail: `"${text.slice(0, 40)}" is not a date in the style ${job.mapping.dates}`,
        })
      return iso?.slice(0, 10) ?? ''
    }
    const report: Report = (code, field, value, detail = '') => findings.push({ code, field, value, detail })
    const bounded = (field: 'entity' | 'code' | 'currency') => boundedText(read[field](row), field, CODE_CHARS_MAX, report)
    const code = bounded('code')
    const member: Member = {
      entity: bounded('entity'),
      code,
      name: read.name(row) || code,
      validFrom: date(read.validFrom(row), 'valid_from'),
      validTo: date(read.validTo(row), 'valid_to'),
      isActive: !INACTIVE.has(read.status(row).toLowerCase()),
      currency: bounded('currency'),
      attributes: Object.fromEntries(
        attributes.map(([column, value]) => [column, value(row)] as const).filter(([, value]) => value !== ''),
      ),
    }
    if (member.code === '')
      findings.push({ code: 'source_key_missing', field: 'code', value: '', detail: `the ${objectType} has no code` })
    if (member.currency !== '' && minorDigitsOf(member.currency) === undefined) {
      findings.push({
        code: 'currency_unknown',
        field: 'currency',
        value: member.currency,
        detail: `${objectType} ${member.code} ${member.name}`,
      })
    }
    // One member may have several validities; each is a record of its own.
    const sourceKey = [member.entity, member.code, member.validFrom].join('|')
    return { member, sourceKey: member.code === '' ? '' : sourceKey, findings: findings.length > 0 ? findings : null }
  }
}

const USED = new Set<string>(['code', 'name', 'entity', 'valid_from', 'valid_to', 'status', 'currency'])
const INACTIVE = new Set(['inactive', 'closed', 'blocked', 'disabled', 'false', 'no', 'n', '0', 'x'])
