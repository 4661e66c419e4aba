import { JobDefinition } from './job.ts'
import type { Member } from './line.ts'
import { compileLineJudge } from './mapping/map-line.ts'
import { Reference } from './reference.ts'

export type Settings = { readonly [Key in 'mapping' | 'rules' | 'format']?: object }
export type Cells = Readonly<Record<string, string>>

export const jobOf = ({ mapping = {}, ...settings }: Settings = {}) =>
  JobDefinition.parse({
    job: 'gl',
    title: 'General ledger',
    owner: 'finance-operations',
    system: { code: 'erp', name: 'ERP', kind: 'erp' },
    source: { type: 'file' },
    format: { type: 'csv' },
    objectType: 'journal_line',
    mapping: { key: ['id'], ...mapping },
    ...settings,
  })

export const GOOD: Cells = { id: '1', entity: 'DE01', account: '4000', currency: 'EUR', period: '2026-10', debit: '12.50' }

export const member = (facts: Partial<Member> & Pick<Member, 'code'>): Member => ({
  entity: '',
  name: `name of ${facts.code}`,
  validFrom: '',
  validTo: '',
  isActive: true,
  currency: '',
  attributes: {},
  ...facts,
})

/** Shared, because making seventy years of months takes milliseconds. */
export const NOTHING_KNOWN = new Reference([])

export function judged(record: Cells, settings: Settings = {}, reference = NOTHING_KNOWN) {
  const judge = compileLineJudge(jobOf(settings), Object.keys(record), reference)
  const findings = judge.judge(Object.values(record))
  return { line: { ...judge.line }, findings: findings ?? [], codes: (findings ?? []).map(({ code }) => code) }
}
