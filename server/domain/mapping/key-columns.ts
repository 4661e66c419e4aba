import type { JobDefinition } from '../job.ts'

/** Default keys of formats that know their own. */
const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = { 'saf-t': ['entity', 'journal', 'transaction', 'record'] }

/** The columns that identify a line for ever; undefined where nobody said. */
export const keyColumnsOf = ({ mapping, format }: Pick<JobDefinition, 'mapping' | 'format'>): readonly string[] | undefined =>
  mapping.key ?? KNOWN_KEYS[format.type]
