import { minorDigitsOf } from '../currency.ts'
import { TechnicalError } from '../errors.ts'
import { MAPPED_DIMENSIONS, type FieldSource, type JobDefinition, type LineField } from '../job.ts'
import type { Overlay } from '../correction.ts'
import { emptyLine, type Finding, type Line, type Report } from '../line.ts'
import { parseAmount, PLAIN_NUMBERS, storedAmount } from '../money.ts'
import type { Reference } from '../reference.ts'
import { approvalRule } from '../rules/approval.ts'
import { statusRule } from '../rules/accounting-status.ts'
import { memberRule } from '../rules/member.ts'
import { requiredRule } from '../rules/required-dimension.ts'
import { dateReader } from './dates.ts'
import { compileTranslation, type MappingEntry, type Translate } from './code-mapping.ts'
import { keyColumnsOf } from './key-columns.ts'
import { indexOf, nothing, readerOf, type Reader, type Row } from './columns.ts'
import { boundedText, CODE_CHARS_MAX, KEY_CHARS_MAX, short } from './text-length.ts'

export type LineJudge = {
  /** Filled by the last call of judge; reused, so read it before the next call. */
  readonly line: Line
  /** Fills `line` and returns every reason why it does not pass; null when it does. */
  judge(row: Row): readonly Finding[] | null
}

/** Where a field comes from that is neither mapped nor a column of the file. */
export const DEFAULTS: Partial<Record<LineField, FieldSource>> = {
  version: { value: 'actual' },
  accounting_status: { value: 'posted' },
}

/**
 * Compiles a job's mapping and record rules for one list of columns. Pure: the same row, mapping of the system and reference
 * data give the same line and the same findings. A field without a mapping takes the column of its own name, if there is one.
 * An `overlay` stands between the text of a field and everything that reads it, so what it says is judged like the source's own word.
 */
export function compileLineJudge(
  job: JobDefinition,
  columns: readonly string[],
  reference: Reference,
  entries: readonly MappingEntry[] = [],
  overlay: Overlay | null = null,
): LineJudge {
  const { mapping } = job
  const line = emptyLine()
  const style = mapping.numbers.decimal === '.' && mapping.numbers.group === '' ? PLAIN_NUMBERS : mapping.numbers
  const readDate = dateReader(mapping.dates)

  const sourceOf = (field: LineField): FieldSource | undefined =>
    mapping.fields[field] ?? (columns.includes(field) ? { column: field } : DEFAULTS[field])
  const reader = (field: LineField): Reader => {
    const source = sourceOf(field)
    if (!source) return nothing
    if ('calendar' in source)
      throw new TechnicalError('file_columns_wrong', `only the period can come from a calendar, not ${field}`)
    const read = readerOf(source, columns, field)
    return overlay ? (row) => overlay.read(field, read(row)) : read
  }

  /** A date that is a field of its own is read as that field, so that its period follows a correction of it. */
  const dateReaderOf = (column: string): Reader => {
    const field = (['posted_on', 'effective_on'] as const).find((name) => {
      const source = sourceOf(name)
      return source && 'column' in source && source.column === column
    })
    return field ? reader(field) : readerOf({ column }, columns, 'period')
  }

  const read = {
    entity: reader('entity'),
    account: reader('account'),
    costCentre: reader('cost_centre'),
    project: reader('project'),
    counterparty: reader('counterparty'),
    currency: reader('currency'),
    version: reader('version'),
    status: reader('accounting_status'),
    debit: reader('debit'),
    credit: reader('credit'),
    amount: reader('amount'),
    document: reader('document'),
    description: reader('description'),
    effectiveOn: reader('effective_on'),
    postedOn: reader('posted_on'),
  }
  if (read.amount === nothing && read.debit === nothing && read.credit === nothing) {
    throw new TechnicalError(
      'file_columns_wrong',
      `the mapping has no amount: map "amount", or "debit" and "credit"; the file has ${columns.join(', ')}`,
    )
  }
  const readKey = keyReader(keyColumnsOf(job), columns)
  const periodSource = sourceOf('period')
  const periodColumn = periodSource && !('calendar' in periodSource) ? reader('period') : null
  const periodDate = periodSource && 'calendar' in periodSource ? dateReaderOf(periodSource.calendar) : null

  let findings: Finding[] | null = null
  const report: Report = (code, field, value, detail = '') => {
    findings ??= []
    // One reason a field: a code that is not in the mapping is no member either.
    if (!findings.some((finding) => finding.code === code && finding.field === field))
      findings.push({ code, field, value, detail })
  }
  const translations = MAPPED_DIMENSIONS.flatMap((dimension): Translation[] => {
    const property = PROPERTY[dimension]
    const isRequired = (job.rules.mapped as readonly string[]).includes(dimension)
    const translate = compileTranslation(
      entries.filter((entry) => entry.dimension === dimension),
      mapping.codes[dimension],
    )
    if (read[property === 'accountingStatus' ? 'status' : property] === nothing || (!translate && !isRequired)) return []
    return [{ dimension, property, isRequired, translate: translate ?? (() => undefined) }]
  })
  const ofEntity = translations.find(({ dimension }) => dimension === 'entity')
  const ofOthers = translations.filter(({ dimension }) => dimension !== 'entity')
  const translate = ({ dimension, property, isRequired, translate: canonicalOf }: Translation, on: string): void => {
    const code = line[property]
    const canonical = canonicalOf(code, on)
    if (canonical !== undefined) line[property] = canonical
    else if (isRequired && code !== '') report('code_unmapped', dimension, code, `not in the mapping of ${job.system.name}`)
  }
  const rules = [requiredRule(job), memberRule(job, reference), statusRule(job), approvalRule(job, columns)].filter(
    (rule) => rule !== null,
  )

  const date = (text: string, field: LineField): string => {
    if (text === '') return ''
    const iso = readDate(text)
    if (iso !== null) return iso
    report('date_malformed', field, '', `"${short(text)}" is not a date in the style ${mapping.dates}`)
    return ''
  }
  const code = (text: string, field: LineField) => boundedText(text, field, CODE_CHARS_MAX, report)
  const minor = (text: string, field: LineField): bigint => {
    const parsed = parseAmount(text, line.digits, style)
    if (typeof parsed === 'bigint') return parsed
    if (parsed === 'malformed') report('amount_malformed', field, '', `"${short(text)}" is not an amount`)
    else report('amount_too_precise', field, line.currency, `"${short(text)}" has more than ${line.digits} decimals`)
    return 0n
  }

  return {
    line,
    judge(row) {
      findings = null
      line.sourceKey = boundedText(readKey(row), 'key', KEY_CHARS_MAX, report)
      line.entity = code(read.entity(row), 'entity')
      line.currency = code(read.currency(row), 'currency')
      line.version = code(read.version(row), 'version')
      line.account = code(read.account(row), 'account')
      line.costCentre = code(read.costCentre(row), 'cost_centre')
      line.project = code(read.project(row), 'project')
      line.counterparty = code(read.counterparty(row), 'counterparty')
      line.accountingStatus = code(read.status(row), 'accounting_status')
      line.document = boundedText(read.document(row), 'document', KEY_CHARS_MAX, report)
      line.description = read.description(row)

      const effective = date(read.effectiveOn(row), 'effective_on')
      const posted = date(read.postedOn(row), 'posted_on')
      // The calendar is the entity's, so the entity itself goes by the date as it is written.
      if (ofEntity) translate(ofEntity, (effective || posted).slice(0, 10))
      const calendar = reference.calendarOf(line.entity)
      line.effectiveOn = calendar.dateOf(effective)
      line.postedOn = calendar.dateOf(posted)
      if (periodColumn) {
        const text = code(periodColumn(row), 'period')
        line.period = periodNamed(text)
        if (text !== '' && !calendar.has(line.period))
          report('period_unknown', 'period', line.period, `of calendar ${calendar.definition.calendar}`)
      } else {
        const at = periodDate ? date(periodDate(row), 'period') : posted || effective
        line.period = at === '' ? '' : calendar.periodOf(at)
        if (at !== '' && line.period === '')
          report('period_unknown', 'period', at, `no period of calendar ${calendar.definition.calendar} holds this date`)
      }
      const on = line.effectiveOn || line.postedOn || calendar.lastDayOf(line.period)
      for (const translation of ofOthers) translate(translation, on)

      const digits = minorDigitsOf(line.currency)
      line.digits = digits ?? 2
      if (digits === undefined && line.currency !== '') report('currency_unknown', 'currency', line.currency)
      const debit = read.debit(row)
      const credit = read.credit(row)
      line.debit = minor(debit, 'debit')
      line.credit = minor(credit, 'credit')
      const amount = read.amount === nothing ? 0n : minor(read.amount(row), 'amount')
      if (amount > 0n) line.debit += amount
      else line.credit -= amount
      const isAsWritten = amount === 0n && style === PLAIN_NUMBERS
      line.debitText = storedAmount(line.debit, line.digits, isAsWritten ? debit : '')
      line.creditText = storedAmount(line.credit, line.digits, isAsWritten ? credit : '')

      if (line.sourceKey === '') report('source_key_missing', 'key', '')
      for (const rule of rules) rule(line, row, on, report)
      return findings
    },
  }
}

type Translation = {
  readonly dimension: (typeof MAPPED_DIMENSIONS)[number]
  readonly property: (typeof PROPERTY)[keyof typeof PROPERTY]
  readonly isRequired: boolean
  readonly translate: Translate
}

const PROPERTY = {
  entity: 'entity',
  account: 'account',
  cost_centre: 'costCentre',
  project: 'project',
  counterparty: 'counterparty',
  currency: 'currency',
  version: 'version',
  accounting_status: 'accountingStatus',
} as const satisfies Record<(typeof MAPPED_DIMENSIONS)[number], keyof Line>

/** One column as it is, several joined: fields that identify a line for ever. '' when all are empty. */
function keyReader(key: readonly string[] | undefined, columns: readonly string[]): Reader {
  if (!key) throw new TechnicalError('file_columns_wrong', 'the job does not say which columns identify a line: add mapping.key')
  const places = key.map((column) => indexOf(column, columns, 'key'))
  const [only] = places
  if (places.length === 1) return (row) => row[only!]!.trim()
  return (row) => {
    let text = ''
    let isEmpty = true
    for (let i = 0; i < places.length; i++) {
      const part = row[places[i]!]!.trim()
      if (part !== '') isEmpty = false
      text += (i === 0 ? '' : '|') + (NEEDS_ESCAPE.test(part) ? part.replace(/[\\|]/g, '\\$&') : part)
    }
    return isEmpty ? '' : text
  }
}

// A bar that ends one part must not look like the bar that begins the next: two keys would meet.
const NEEDS_ESCAPE = /[\\|]/

/** '2017-1', '2017/01', '201701' and '2017-P01' are 2017-01; anything else stays and is reported unknown. */
function periodNamed(text: string): string {
  if (PERIOD.test(text)) return text
  const parts = OTHER_PERIOD.exec(text)
  return parts ? `${parts[1]}-${parts[2]!.padStart(2, '0')}` : text
}
const PERIOD = /^\d{4}-\d{2}$/
const OTHER_PERIOD = /^(\d{4})[-/.]?[Pp]?(\d{1,2})$/
