import { TechnicalError } from '#server/domain/errors.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Parsed } from '#server/domain/record.ts'
import type { ByteStream, LocatedRecord } from '#server/formats/format.ts'
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
): Promise<LocatedRecord | null> {
  const { format, settings } = formatOf(job)
  return format.locate({ bytes, settings, objectType, position })
}

function formatOf(job: JobDefinition) {
  const { type, ...rest } = job.format
  const format = findFormat(type)
  if (!format) throw new TechnicalError('file_malformed', `there is no format ${type}`)
  return { format, settings: format.settings.parse(rest) }
}
