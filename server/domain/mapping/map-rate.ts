import type { JobDefinition } from '../job.ts'
import type { Finding, JudgedMember, Report } from '../line.ts'
import { dateReader } from './dates.ts'
import { indexOf, nothing, type Reader, type Row } from './columns.ts'
import { boundedText, CODE_CHARS_MAX, short } from './text-length.ts'

const RATE = /^\d{1,12}(\.\d{1,12})?$/

/**
 * A rate as a governed member: its pair and kind are its code, its day the first of its validity, its figure an attribute as it was written.
 * Currencies that are no more have rates too, so three letters are enough.
 */
export function compileRateJudge(job: JobDefinition, columns: readonly string[]): (row: Row) => JudgedMember {
  const of = (column: string): Reader => {
    const at = indexOf(column, columns, column)
    return (row) => row[at]!.trim()
  }
  const or = (column: string): Reader => (columns.includes(column) ? of(column) : nothing)
  const read = {
    base: of('base'),
    quote: of('quote'),
    date: of('date'),
    rate: of('rate'),
    kind: or('kind'),
    source: or('source'),
  }
  const readDate = dateReader(job.mapping.dates)

  return (row) => {
    const findings: Finding[] = []
    const report: Report = (code, field, value, detail = '') => findings.push({ code, field, value, detail })
    const currency = (name: 'base' | 'quote'): string => {
      const code = read[name](row)
      if (!/^[A-Z]{3}$/.test(code)) report('currency_unknown', 'currency', short(code), `as the ${name} of a rate`)
      return code
    }
    const [base, quote, rate] = [currency('base'), currency('quote'), read.rate(row)]
    if (!RATE.test(rate) || !/[1-9]/.test(rate)) report('amount_malformed', 'rate', '', `"${short(rate)}" is not a rate`)
    const kind = boundedText(read.kind(row) || 'closing', 'code', CODE_CHARS_MAX, report)
    const date = readDate(read.date(row))?.slice(0, 10) ?? ''
    if (date === '')
      report('date_malformed', 'valid_from', '', `"${short(read.date(row))}" is not a date in the style ${job.mapping.dates}`)
    const code = `${base}/${quote} ${kind}`
    return {
      member: {
        entity: '',
        code,
        name: `1 ${base} = ${rate} ${quote}`,
        validFrom: date,
        validTo: '',
        isActive: true,
        currency: '',
        attributes: { base, quote, kind, rate, source: read.source(row) || job.system.code },
      },
      sourceKey: `|${code}|${date}`,
      findings: findings.length > 0 ? findings : null,
    }
  }
}
