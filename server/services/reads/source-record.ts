import type { Database } from '#db/client.ts'
import { findMark, readArtifact, readArtifactFrom } from '#db/queries/artifacts.ts'
import { TECHNICAL_FAILURES, TechnicalError } from '#server/domain/errors.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { locateRecord, readingOf } from '../load/parse.ts'

/** A record as it stands in its artifact. `firstLine`: the number of the first line of `text`, where the format counts in lines. */
export type SourceText = {
  readonly text: string
  readonly cells: readonly { readonly column: string; readonly value: string }[]
  readonly firstLine: number | null
  /** The lines of `text` that are the record itself; the others are its neighbours. */
  readonly marked: readonly [number, number] | null
}
export type Located =
  | { readonly found: SourceText; readonly problem: null }
  | { readonly found: null; readonly problem: string | null }

/** A small artifact is read once more for each neighbour; of a larger one only the record itself is shown. */
const NEIGHBOURS_BYTES_MAX = 4 * 1024 * 1024
const NEIGHBOURS = 2

export type Place = {
  readonly artifactId: number
  readonly byteCount: number
  readonly objectType: ObjectType
  readonly position: number
}

/**
 * The source record at a place, read as the job reads it. `problem`: why the artifact could not be read so far; null when
 * there is simply no such record. Neighbours may belong to other entities, so they are shown only where that is no matter.
 */
export async function readSourceText(db: Database, job: JobDefinition, place: Place, withNeighbours: boolean): Promise<Located> {
  const { artifactId } = place
  const at = async (position: number) => {
    const mark = await findMark(db, artifactId, readingOf(job), position)
    if (!mark) return locateRecord(job, readArtifact(db, artifactId), place.objectType, position)
    const near = { mark, bytes: readArtifactFrom(db, artifactId, mark.byteOffset) }
    return locateRecord(job, readArtifactFrom(db, artifactId), place.objectType, position, near)
  }
  try {
    const record = await at(place.position)
    if (!record) return { found: null, problem: null }
    const isByLine = job.format.type === 'csv'
    if (!isByLine) return { found: { text: record.text, cells: record.cells, firstLine: null, marked: null }, problem: null }
    const own = linesOf(record.text)
    const [before, after]: [string[], string[]] = [[], []]
    if (withNeighbours && place.byteCount <= NEIGHBOURS_BYTES_MAX) {
      // Only neighbours that stand right beside it: the numbers of the lines must be true.
      for (let n = 1; n <= NEIGHBOURS && place.position - n > 0; n++) {
        const text = (await at(place.position - n))?.text
        if (text === undefined || linesOf(text).length !== 1) break
        before.unshift(...linesOf(text))
      }
      for (let n = 0; n < NEIGHBOURS; n++) {
        const text = (await at(place.position + own.length + n))?.text
        if (text === undefined || linesOf(text).length !== 1) break
        after.push(...linesOf(text))
      }
    }
    const text = [...before, ...own, ...after].join('\n')
    return {
      found: {
        text,
        cells: record.cells,
        firstLine: place.position - before.length,
        marked: [place.position, place.position + own.length - 1],
      },
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof TechnicalError)) throw error
    return { found: null, problem: `${TECHNICAL_FAILURES[error.code].title}: ${error.detail}` }
  }
}

const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)
