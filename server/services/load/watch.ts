import { reportProgress, type Run } from '#db/queries/runs.ts'
import type { StageName } from '#server/domain/run.ts'
import type { AmountSoFar, Tally } from '#server/domain/tally.ts'
import { untraced } from '#server/platform/traced.ts'
import type { Context } from '../context.ts'
import { LostRun } from './lost-run.ts'

const PROGRESS_EVERY_MS = 500
/** A file with more currencies is told by its first ones. */
const CURRENCIES_MAX = 20

/** Tells people how far a run is, and the run whether it is still wanted. */
export class Watch {
  private readonly controller = new AbortController()
  private readonly timer: NodeJS.Timeout
  private progress = { stage: 'extract' as StageName, records: 0, bytes: 0, bytesTotal: 0 }
  private tally: Tally | null = null
  private isReporting = false
  isLost = false

  constructor(
    private readonly context: Context,
    private readonly run: Run,
    private readonly stop?: AbortSignal,
  ) {
    // What people are told is no part of what the run does.
    this.timer = untraced(() => setInterval(() => void this.report(), PROGRESS_EVERY_MS))
    stop?.addEventListener('abort', this.onStop)
    // A worker that was stopped before the run was taken says so only once.
    if (stop?.aborted) this.onStop()
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  count(records: number, bytes: number): void {
    this.progress.records = records
    this.progress.bytes = bytes
  }

  /** From here on the amounts read so far are told as well, as they stand when they are told. */
  follow(tally: Tally, bytesTotal: number): void {
    this.tally = tally
    this.progress.bytesTotal = bytesTotal
  }

  async enter(stage: StageName): Promise<void> {
    this.progress.stage = stage
    this.signal.throwIfAborted()
    await this.report()
    this.signal.throwIfAborted()
  }

  end(): void {
    clearInterval(this.timer)
    // By hand: given a signal to be removed by, Node 20 forgets it where several wait on the same, and the worker keeps every run.
    this.stop?.removeEventListener('abort', this.onStop)
  }

  private readonly onStop = () => this.controller.abort(this.stop?.reason)

  private async report(): Promise<void> {
    if (this.isReporting || this.isLost) return
    this.isReporting = true
    try {
      const isOurs = await reportProgress(this.context.db, this.run, { ...this.progress, amounts: this.amounts() })
      if (!isOurs) {
        this.isLost = true
        this.controller.abort(new LostRun())
      }
    } catch {
      // The database is away for a moment: the stage itself will notice.
    } finally {
      this.isReporting = false
    }
  }

  private amounts(): AmountSoFar[] {
    return this.tally?.amounts().slice(0, CURRENCIES_MAX) ?? []
  }
}
