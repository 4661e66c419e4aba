import type { JobDefinition } from '#server/domain/job.ts'
import { OBJECT_WORDS } from './words.ts'

const FORMAT_WORDS: Record<JobDefinition['format']['type'], string> = {
  csv: 'CSV',
  xlsx: 'Excel',
  'saf-t': 'SAF-T',
  camt053: 'camt.053',
  mt940: 'MT940',
  bai2: 'BAI2',
  'ecb-rates': 'ECB rates',
  json: 'JSON',
}

/** Where a job takes it from: 'CSV files people load', 'CSV files in /in/gl', 'JSON over HTTP'. */
export function sourceWords({ source, format }: JobDefinition): string {
  const kind = FORMAT_WORDS[format.type]
  if (source.type === 'file') return `${kind} files that people load`
  const where =
    typeof source.path === 'string'
      ? source.path
      : typeof source.folder === 'string'
        ? source.folder
        : typeof source.url === 'string'
          ? source.url
          : ''
  return source.type === 'folder'
    ? `${kind} files in a watched folder${where && `, ${where}`}`
    : `${kind} over HTTP${where && `, ${where}`}`
}

/** What it becomes here: 'Journal lines'. */
export const targetWords = ({ objectType }: JobDefinition): string => OBJECT_WORDS[objectType][1]

/** What happens when something is off, as a sentence. */
export const onFailureWords = ({ onFailure }: JobDefinition): string =>
  onFailure === 'hold'
    ? 'One rejected record or one figure that does not agree holds the whole load.'
    : 'Rejected records are kept out and wait; the rest is published. A load whose stated count or sum differs is held all the same.'
