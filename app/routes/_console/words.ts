import type { ObjectType } from '#server/domain/record.ts'
import type { RunKind } from '#server/domain/run-kind.ts'
import type { RunTrigger } from '#server/domain/run.ts'

/** Why a run began, as people say it. */
export const TRIGGER_WORDS: Record<RunTrigger, string> = {
  manual: 'By hand',
  schedule: 'Schedule',
  event: 'New file',
  replay: 'Replay',
  rerun: 'Rerun',
  rollback: 'Rollback',
}

/** Which runs a list is asked for: after 'Runs that'. */
export const KIND_WORDS: Record<RunKind, string> = {
  to_mend: 'Wait to be mended',
  going: 'Are going on',
  published: 'Published',
  touchless: 'Published by themselves',
  touched: 'Published with help',
  recovery: 'Ended a failure',
  asked_back: 'Rollback waits for approval',
}

/** One of them and many of them. */
export const OBJECT_WORDS: Record<ObjectType, readonly [one: string, many: string]> = {
  journal_line: ['Journal line', 'Journal lines'],
  period_balance: ['Period balance', 'Period balances'],
  budget_line: ['Budget line', 'Budget lines'],
  account: ['Account', 'Accounts'],
  cost_centre: ['Cost centre', 'Cost centres'],
  project: ['Project', 'Projects'],
  supplier: ['Supplier', 'Suppliers'],
  customer: ['Customer', 'Customers'],
  entity: ['Entity', 'Entities'],
  fx_rate: ['Rate', 'Rates'],
}

const BYTE_UNITS = ['bytes', 'KB', 'MB', 'GB'] as const

/** '4.2 MB': decimal units, as file managers count. */
export function byteWords(bytes: number): string {
  let [size, unit] = [bytes, 0]
  while (size >= 1000 && unit < BYTE_UNITS.length - 1) {
    size /= 1000
    unit++
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${BYTE_UNITS[unit]}`
}

/** '1 record', '1,284 records'. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
