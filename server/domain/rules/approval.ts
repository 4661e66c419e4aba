import type { JobDefinition } from '../job.ts'
import { readerOf } from '../mapping/columns.ts'
import { short } from '../mapping/text-length.ts'
import type { RecordRule } from './rule.ts'

/** approval_missing: only records in an accepted approval state count. */
export function approvalRule(job: JobDefinition, columns: readonly string[]): RecordRule | null {
  const { approval } = job.rules
  if (!approval) return null
  const accepted = new Set(approval.accepted.map((state) => state.toLowerCase()))
  const read = readerOf({ column: approval.column }, columns, 'approval')
  return (_line, row, _on, report) => {
    const state = read(row)
    if (!accepted.has(state.toLowerCase()))
      report('approval_missing', approval.column, short(state) || 'empty', `accepted: ${approval.accepted.join(', ')}`)
  }
}
