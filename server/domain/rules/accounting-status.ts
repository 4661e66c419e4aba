import type { JobDefinition } from '../job.ts'
import type { RecordRule } from './rule.ts'

/** accounting_status_unknown: preliminary, posted, adjusted or approved, and one the job accepts. */
export function statusRule(job: JobDefinition): RecordRule {
  const accepted = new Set<string>(job.rules.accountingStatus)
  return (line, _row, _on, report) => {
    if (!accepted.has(line.accountingStatus)) report('accounting_status_unknown', 'accounting_status', line.accountingStatus)
  }
}
