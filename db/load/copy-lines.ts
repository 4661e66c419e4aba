import type { Writable } from 'node:stream'
import type { Line } from '#server/domain/line.ts'
import { copyClientOf, type Database } from '../client.ts'

const FLUSH_CHARS = 64 * 1024
/** So much may be on its way: the database works on it while the next records are parsed. */
const IN_FLIGHT_CHARS = 2 * 1024 * 1024

/** Streams lines into a load's own place with COPY. Text format: measured faster from JavaScript than binary numerics. */
export class LineCopy {
  private text = ''
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
    this.text += `${lineId}\t${artifactId}\t${position}\t${hash}\t${plain(line.sourceKey)}\t${plain(line.entity)}\t${line.period}\t${plain(line.version)}\t${
      line.currency
    }\t${line.debitText}\t${line.creditText}\t${plain(line.account)}\t${optional(line.costCentre)}\t${optional(
      line.project,
    )}\t${optional(line.counterparty)}\t${line.accountingStatus}\t${optional(line.document)}\t${optional(line.description)}\t${
      line.effectiveOn || '\\N'
    }\t${line.postedOn || '\\N'}\n`
    return this.text.length >= FLUSH_CHARS ? this.flush() : undefined
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

  private flush(): Promise<void> | undefined {
    if (this.failure.error) return Promise.reject(this.failure.error)
    const text = this.text
    if (text === '') return undefined
    this.text = ''
    this.inFlight += text.length
    this.stream.write(text, () => {
      this.inFlight -= text.length
      if (this.inFlight <= IN_FLIGHT_CHARS / 2) this.onRoom?.()
    })
    return this.inFlight > IN_FLIGHT_CHARS ? this.room() : undefined
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

const optional = (text: string): string => (text === '' ? '\\N' : plain(text))
const SPECIAL = /[\\\t\n\r\0]/
const plain = (text: string): string => (SPECIAL.test(text) ? escaped(text) : text)
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '')
