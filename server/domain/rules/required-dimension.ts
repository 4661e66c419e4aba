import type { JobDefinition, LineField } from '../job.ts'
import type { Line } from '../line.ts'
import type { RecordRule } from './rule.ts'

/** dimension_missing */
export function requiredRule(job: JobDefinition): RecordRule {
  const required = job.rules.required.map((field) => [field, PROPERTY[field]] as const)
  return (line, _row, _on, report) => {
    for (const [field, property] of required) if (property && line[property] === '') report('dimension_missing', field, '')
  }
}

const PROPERTY: Partial<Record<LineField, keyof Line>> = {
  entity: 'entity',
  account: 'account',
  cost_centre: 'costCentre',
  project: 'project',
  counterparty: 'counterparty',
  currency: 'currency',
  period: 'period',
  version: 'version',
  accounting_status: 'accountingStatus',
  document: 'document',
  description: 'description',
  effective_on: 'effectiveOn',
  posted_on: 'postedOn',
}
