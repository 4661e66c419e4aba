import type { Buffer } from 'node:buffer'
import { naiveBai2, naiveCamt, naiveMt940 } from '#server/formats/testing/bank-oracles.ts'
import { naiveCsv, naiveSafT, naiveSheet, parsedJson, type Reading } from '#server/formats/testing/oracles.ts'
import type { Mutant } from '#server/formats/testing/mutations.ts'
import { SHARED } from '#server/formats/testing/valid.ts'
import type { Tower } from './tower.ts'

/** Records of a file by the plain readers: those of a bank have no key here. Null where they have no opinion. */
type Plain = readonly { readonly key: string | null; readonly amount: number }[] | null

const BANKS = { camt053: naiveCamt, mt940: naiveMt940, bai2: naiveBai2 } as const

export function plainReading(kind: string, bytes: Buffer, sheet: Mutant & { part?: string | null; text?: string }): Plain {
  if (kind in BANKS) {
    const amounts = BANKS[kind as keyof typeof BANKS](bytes.toString())
    return amounts?.map((amount) => ({ key: null, amount })) ?? null
  }
  if (kind === 'json') {
    const parsed = parsedJson(bytes)
    return parsed === 'refused' ? null : parsed.map((record) => recordOf(record as Readonly<Record<string, unknown>>))
  }
  const reading: Reading =
    kind === 'csv'
      ? naiveCsv(bytes)
      : kind === 'saf-t'
        ? naiveSafT(bytes)
        : sheet.part?.endsWith('sheet1.xml')
          ? naiveSheet(sheet.text ?? '', SHARED)
          : 'no opinion'
  if (typeof reading === 'string') return null
  const { columns, rows } = reading
  return rows.map((row) => recordOf(Object.fromEntries(columns.map((name, i) => [name, row[i] ?? '']))))
}

const recordOf = (record: Readonly<Record<string, unknown>>) => ({
  key: String(record.id ?? record.record ?? '').trim(),
  amount: Number(record.debit ?? 0) - Number(record.credit ?? 0),
})

/** Fourteen digits are good enough for a second look. */
const words = (amount: number) => (amount + 0).toPrecision(14)

/** What is wrong with what a run published, against the plain reading of the same bytes; null where nothing is. */
export async function unlike({ owner }: Tower, runId: number, records: number, plain: Plain): Promise<string | null> {
  if (plain === null) return null
  if (records !== plain.length) return `${records} records were read, and ${plain.length} stand there`
  const lines = await owner<{ key: string; amount: string; isOurs: boolean }[]>`
    select l.source_key as key, (l.debit - l.credit)::text as amount, l.loaded_at_pub = p.publication as "isOurs"
    from runs r join jobs j using (job_id) left join publications p on p.run_id = r.run_id
    join lines l on l.system_id = j.system_id and l.superseded_at_pub is null where r.run_id = ${runId}`
  const amounts = new Set(plain.map(({ amount }) => words(amount)))
  const standing = new Map(lines.map(({ key, amount }) => [key, words(Number(amount))]))
  const missing = plain.filter(({ key, amount }) => key !== null && standing.get(key) !== words(amount))
  const strange = lines.filter(({ amount, isOurs }) => isOurs && !amounts.has(words(Number(amount))))
  if (missing.length + strange.length === 0) return null
  return `${missing.length} lines of it do not stand (${JSON.stringify(missing[0])}), ${strange.length} stand otherwise (${JSON.stringify(strange[0])})`
}
