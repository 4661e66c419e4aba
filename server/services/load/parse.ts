import { hash } from 'node:crypto'
import { TechnicalError } from '#server/domain/errors.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Parsed } from '#server/domain/record.ts'
import type { ByteStream, LocatedRecord, LocateRequest } from '#server/formats/format.ts'
import { findFormat } from '#server/formats/formats.ts'

/** Reads the bytes of one artifact as the job says. */
export function readRecords(job: JobDefinition, bytes: ByteStream): AsyncIterable<Parsed> {
  const { format, settings } = formatOf(job)
  return format.read({ bytes, settings, objectType: job.objectType })
}

export function locateRecord(
  job: JobDefinition,
  bytes: ByteStream,
  objectType: JobDefinition['objectType'],
  position: number,
  near?: LocateRequest<unknown>['near'],
): Promise<LocatedRecord | null> {
  const { format, settings } = formatOf(job)
  return format.locate({ bytes, settings, objectType, position, near })
}

/** Names the way in which a job reads an artifact: marks are good for the same way only. */
export function readingOf(job: JobDefinition): string {
  const { format, settings } = formatOf(job)
  return hash('sha256', JSON.stringify([format.name, settings])).slice(0, 32)
}

function formatOf(job: JobDefinition) {
  const { type, ...rest } = job.format
  const format = findFormat(type)
  if (!format) throw new TechnicalError('file_malformed', `there is no format ${type}`)
  return { format, settings: format.settings.parse(rest) }
}
