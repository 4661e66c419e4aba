import type { Database } from '#db/client.ts'
import { insertRejected, type RejectedRow, type RejectionRow } from '#db/load/rejected.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import type { Finding, Line } from '#server/domain/line.ts'
import { formatMinor } from '#server/domain/money.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { whileHeld, type Holder } from './lost-run.ts'

const BUFFER_ROWS = 2_000

type Place = { readonly id: number; readonly artifactId: number; readonly position: number; readonly objectType: ObjectType }
type Rejectable = Pick<
  Line,
  'sourceKey' | 'document' | 'entity' | 'period' | 'version' | 'currency' | 'account' | 'debit' | 'credit'
>

/** Records that do not pass, each with every reason, on their way into the database. */
export class RejectedRecords {
  count = 0
  private writing: Promise<void> = Promise.resolve()
  private records: RejectedRow[] = []
  private reasons: RejectionRow[] = []

  /** `closedPeriods`: `entity period`. Told to a record that fails anyway, so that it hears every reason at once. */
  constructor(
    private readonly db: Database,
    private readonly run: Holder,
    private readonly closedPeriods: ReadonlySet<string>,
  ) {}

  get isFull(): boolean {
    return this.records.length >= BUFFER_ROWS
  }

  add({ id, artifactId, position, objectType }: Place, line: Rejectable, findings: readonly Finding[]): void {
    const digits = minorDigitsOf(line.currency) ?? 2
    this.count++
    this.records.push({
      rejected_id: id,
      object_type: objectType,
      artifact_id: artifactId,
      position,
      source_key: line.sourceKey,
      document: line.document || null,
      entity: line.entity,
      period: line.period,
      version: line.version,
      currency: line.currency,
      account: line.account,
      debit: formatMinor(line.debit, digits),
      credit: formatMinor(line.credit, digits),
    })
    for (const { code, field, value, detail } of findings) this.reasons.push({ rejected_id: id, code, field, value, detail })
    if (this.closedPeriods.has(`${line.entity} ${line.period}`)) {
      this.reasons.push({
        rejected_id: id,
        code: 'period_closed',
        field: 'period',
        value: line.period,
        detail: `of ${line.entity}`,
      })
    }
  }

  addMember(place: Place, sourceKey: string, entity: string, findings: readonly Finding[]): void {
    this.add(place, { ...NO_LINE, sourceKey, entity }, findings)
  }

  /** One batch is written while the next is gathered: the reading waits for the one before. That it failed is told by whatever comes after. */
  async flush(): Promise<void> {
    await this.writing
    if (this.records.length === 0) return
    const { records, reasons } = this
    this.records = []
    this.reasons = []
    this.writing = whileHeld(this.db, this.run, (tx) => insertRejected(tx, this.run.runId, records, reasons))
    this.writing.catch(() => {})
  }

  async end(): Promise<void> {
    await this.flush()
    await this.writing
  }

  /** Nothing is on its way any more, whatever became of it: what an attempt wrote is taken back by the next, and must not come after. */
  async idle(): Promise<void> {
    await this.writing.catch(() => {})
  }
}

const NO_LINE: Rejectable = {
  sourceKey: '',
  document: '',
  entity: '',
  period: '',
  version: '',
  currency: '',
  account: '',
  debit: 0n,
  credit: 0n,
}
