import type { Database } from '#db/client.ts'
import type { Known } from '#db/load/known-lines.ts'
import { insertSpans, type RepeatSpan } from '#db/load/repeats.ts'

const BUFFER_SPANS = 2_000

/** Sets records aside that equal a current line, as they are read: they go into no place and are kept by the stretch. */
export class UnchangedLines {
  private spans: RepeatSpan[] = []
  private last: Growing | null = null

  constructor(
    private readonly db: Database,
    private readonly loadId: number,
    private readonly known: Known,
  ) {}

  /** False where the record is new or changed, or equals a line that another record of the load equals already. */
  setAside(recordId: number, artifactId: number, position: number, sourceKey: string, contentHash: string): boolean {
    const { lines } = this.known
    const ordinal = lines.take(sourceKey, contentHash)
    if (ordinal === -1) return false
    const lineId = lines.lineIdOf(ordinal)
    const segment = lines.segmentOf(ordinal)
    const { last } = this
    if (
      last &&
      last.artifact_id === artifactId &&
      last.segment === segment &&
      last.first_line_id + last.count === lineId &&
      last.first_position + last.count === position &&
      last.first_record_id + last.count === recordId
    ) {
      last.count++
    } else {
      this.last = {
        artifact_id: artifactId,
        first_position: position,
        first_record_id: recordId,
        segment,
        first_line_id: lineId,
        count: 1,
      }
      this.spans.push(this.last)
    }
    return true
  }

  get isFull(): boolean {
    return this.spans.length > BUFFER_SPANS
  }

  async flush(): Promise<void> {
    if (this.spans.length === 0) return
    const { spans } = this
    this.spans = []
    this.last = null
    await insertSpans(this.db, this.loadId, spans)
  }
}

type Growing = { -readonly [key in keyof RepeatSpan]: RepeatSpan[key] }
