import type { JobDefinition } from '../job.ts'

/** Default keys of formats that know their own. */
const OF_STATEMENT = ['account', 'statement', 'entry'] as const
const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  'saf-t': ['entity', 'journal', 'transaction', 'record'],
  camt053: OF_STATEMENT,
  mt940: OF_STATEMENT,
  bai2: OF_STATEMENT,
}

/** The columns that identify a line for ever; undefined where nobody said. */
export const keyColumnsOf = ({ mapping, format }: Pick<JobDefinition, 'mapping' | 'format'>): readonly string[] | undefined =>
  mapping.key ?? KNOWN_KEYS[format.type]
