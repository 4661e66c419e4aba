import type { Database } from '#db/client.ts'
import { insertCorrected, type CorrectedRow, type ReadingRow } from '#db/load/corrected.ts'
import { Overlay, type Correction } from '#server/domain/correction.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Finding, Line } from '#server/domain/line.ts'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import { compileLineJudge, type LineJudge } from '#server/domain/mapping/map-line.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Reference } from '#server/domain/reference.ts'
import { whileHeld, type Holder } from './lost-run.ts'

const BUFFER_ROWS = 2_000

type Place = { readonly id: number; readonly artifactId: number; readonly position: number; readonly objectType: ObjectType }
type Judged = { readonly line: Line; readonly findings: readonly Finding[] | null }

/**
 * Judges the records that somebody corrected once more, as they are to be read. What the source said is kept beside it: the
 * totals extracted, and the claims of the source, are about that.
 */
export class CorrectedLines {
  /** Records that were read otherwise than they came. */
  count = 0
  private readonly overlay = new Overlay()
  private judge: LineJudge | null = null
  private records: CorrectedRow[] = []
  private readings: ReadingRow[] = []

  constructor(
    private readonly db: Database,
    private readonly of: { readonly run: Holder; readonly loadId: number },
    private readonly byKey: ReadonlyMap<string, readonly Correction[]>,
  ) {}

  compile(job: JobDefinition, columns: readonly string[], reference: Reference, mapping: readonly MappingEntry[]): void {
    this.judge = compileLineJudge(job, columns, reference, mapping, this.overlay)
  }

  concerns({ sourceKey }: Line): boolean {
    return this.byKey.has(sourceKey)
  }

  /** Null where the record stands as it was received. */
  judgeAgain(place: Place, row: readonly string[], received: Line): Judged | null {
    const corrections = this.byKey.get(received.sourceKey)
    if (!corrections || !this.judge) return null
    this.overlay.lay(corrections)
    const findings = this.judge.judge(row)
    const { line } = this.judge
    const { artifactId, position } = place
    const readings = this.overlay.readings()
    this.readings.push(...readings.map((reading) => ({ ...reading, artifactId, position })))
    const applied = readings.filter(({ isApplied }) => isApplied)
    if (applied.length === 0) return null
    this.count++
    this.records.push({
      record_id: place.id,
      artifact_id: artifactId,
      position,
      object_type: place.objectType,
      source_key: received.sourceKey,
      correction_ids: applied.map(({ correctionId }) => correctionId),
      ...cellOf(received),
      account: received.account,
      document: received.document || null,
      corrected_entity: line.entity,
      corrected_period: line.period,
      corrected_version: line.version,
      corrected_currency: line.currency,
      corrected_debit: line.debitText,
      corrected_credit: line.creditText,
    })
    return { line, findings }
  }

  get isFull(): boolean {
    return this.readings.length >= BUFFER_ROWS
  }

  async flush(): Promise<void> {
    if (this.readings.length === 0) return
    const { records, readings } = this
    this.records = []
    this.readings = []
    const { run, loadId } = this.of
    await whileHeld(this.db, run, (tx) => insertCorrected(tx, { runId: run.runId, loadId }, records, readings))
  }
}

const cellOf = ({ entity, period, version, currency, debitText, creditText }: Line) => ({
  entity,
  period,
  version,
  currency,
  debit: debitText,
  credit: creditText,
})
