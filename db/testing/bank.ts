import type { Sql } from 'postgres'
import type { JobInput } from './load.ts'

export const bankJob = (format: 'camt053' | 'mt940' | 'bai2', code: string): JobInput => ({
  job: code,
  title: 'Statements',
  owner: 'treasury',
  system: { code, name: `Bank ${code}`, kind: 'bank' },
  source: { type: 'file' },
  format: { type: format },
  objectType: 'journal_line',
  mapping: {
    fields: {
      entity: { value: 'TI01' },
      posted_on: 'booking_date',
      effective_on: 'value_date',
      document: 'bank_reference',
      description: 'remittance',
    },
  },
  retry: { attempts: 2, baseMs: 10, maxMs: 20 },
  // What a bank states holds the load whatever the job says.
  onFailure: 'quarantine',
})

/** One statement of one account in one group, with the status of the group. */
export const bai2File = (status: number, records: readonly string[], closing: number) => {
  const total = 1000 + closing + records.reduce((sum, record) => sum + Number(record.split(',')[2]), 0)
  const n = records.length
  return `01,B,T,261031,,1,,,2/\n02,T,B,${status},261031,,USD,2/\n03,7,USD,010,1000,,,015,${closing},,/\n${records.join('\n')}\n49,${total},${n + 2}/\n98,${total},1,${n + 4}/\n99,${total},1,${n + 6}/\n`
}

/** What stands of a system: how many entries, and what they come to. */
export async function sumOfEntries(owner: Sql, code: string): Promise<string> {
  const [row] = await owner`
    select count(*)::int as n, coalesce(sum(l.debit - l.credit), 0)::text as net from lines l join systems s on s.system_id = l.system_id
    where s.code = ${code} and l.superseded_at_pub is null`
  return `${row!.n} entries, ${row!.net}`
}
