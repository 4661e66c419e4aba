import type { Writable } from 'node:stream'
import type { Line } from '#server/domain/line.ts'
import { TextBytes } from '#server/domain/text-bytes.ts'
import { copyClientOf, type Database } from '../client.ts'

const FLUSH_BYTES = 64 * 1024
/** Most rows that pass the mark still fit. */
const ROOM_BYTES = FLUSH_BYTES + 8 * 1024
/** So much may be on its way: the database works on it while the next records are parsed. */
const IN_FLIGHT_BYTES = 2 * 1024 * 1024

/** Streams lines into a load's own place with COPY. Text format: measured faster from JavaScript than binary numerics. */
export class LineCopy {
  private readonly rows = new TextBytes(ROOM_BYTES)
  private inFlight = 0
  private onRoom: (() => void) | null = null
  private constructor(
    private readonly stream: Writable,
    private readonly failure: Failure,
  ) {}

  static async open(db: Database, loadId: number): Promise<LineCopy> {
    const copy = `copy load.l${Number(loadId)} (line_id, artifact_id, position, content_hash, source_key, entity, period, version, currency,
      debit, credit, account, cost_centre, project, counterparty, accounting_status, document, description, effective_on, posted_on) from stdin`
    const query = copyClientOf(db).unsafe(copy)
    const stream = await query.writable()
    const failure: Failure = { error: null }
    stream.on('error', (error) => {
      failure.error = error
    })
    // postgres.js 3.4 forgets a stream that has ended, and rejects a promise that is settled: what PostgreSQL refuses after
    // the last line would be lost, and the load empty.
    const settled = query as unknown as { reject: (error: Error) => void }
    settled.reject = (error) => stream.destroy(error)
    return new LineCopy(stream, failure)
  }

  /** Returns a promise only when the database is behind, so that the hot path does not wait a tick per line. */
  write(lineId: number, artifactId: number, position: number, hash: string, line: Line): Promise<void> | undefined {
    this.rows.addAscii(String(lineId), TAB)
    this.rows.addAscii(String(artifactId), TAB)
    this.rows.addAscii(String(position), TAB)
    this.rows.addAscii(hash, TAB)
    this.put(line.sourceKey)
    this.put(line.entity)
    this.put(line.period)
    this.put(line.version)
    this.put(line.currency)
    this.put(line.debitText)
    this.put(line.creditText)
    this.put(line.account)
    this.putOptional(line.costCentre)
    this.putOptional(line.project)
    this.putOptional(line.counterparty)
    this.put(line.accountingStatus)
    this.putOptional(line.document)
    this.putOptional(line.description)
    this.putOptional(line.effectiveOn)
    this.putOptional(line.postedOn, LF)
    return this.rows.length >= FLUSH_BYTES ? this.flush() : undefined
  }

  async end(): Promise<void> {
    await this.flush()
    this.stream.end()
    if (!this.stream.writableFinished) await reached(this.stream, 'finish', this.failure)
    if (this.failure.error) throw this.failure.error
  }

  /** The copy is undone: the server drops what it had received. */
  abandon(): void {
    this.stream.destroy(new Error('the load was abandoned'))
  }

  private put(text: string, end = TAB): void {
    this.rows.add(text, end, escaped)
  }

  private putOptional(text: string, end = TAB): void {
    if (text === '') this.rows.addAscii('\\N', end)
    else this.rows.add(text, end, escaped)
  }

  private flush(): Promise<void> | undefined {
    if (this.failure.error) return Promise.reject(this.failure.error)
    if (this.rows.length === 0) return undefined
    const bytes = this.rows.take()
    const { length } = bytes
    this.inFlight += length
    this.stream.write(bytes, () => {
      this.inFlight -= length
      if (this.inFlight <= IN_FLIGHT_BYTES / 2) this.onRoom?.()
    })
    return this.inFlight > IN_FLIGHT_BYTES ? this.room() : undefined
  }

  private room(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onRoom = () => {
        this.onRoom = null
        this.stream.off('close', closed)
        resolve()
      }
      const closed = () => reject(this.failure.error ?? new Error('the database closed the copy'))
      this.stream.once('close', closed)
    })
  }
}

type Failure = { error: Error | null }

/** Settles at `event` or when the stream closes; leaves no listener behind. */
function reached(stream: Writable, event: 'drain' | 'finish', failure: Failure): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      stream.off(event, settle).off('close', settle)
      if (failure.error) reject(failure.error)
      else resolve()
    }
    stream.on(event, settle).on('close', settle)
  })
}

const TAB = 9
const LF = 10
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '')
