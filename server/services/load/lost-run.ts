import type { Queryable, Transaction } from '#db/client.ts'
import { holdsRun, type Run } from '#db/queries/runs.ts'

export type Holder = Pick<Run, 'runId' | 'attempt' | 'workerId'>

/**
 * Writes what a run has by its number alone, whatever the attempt. Whoever takes the run over waits for it and takes it back; of an attempt
 * that has lost its run nothing is written. Held for moments only: progress and cancelling wait meanwhile.
 */
export const whileHeld = <T>(db: Queryable, run: Holder, write: (tx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    if (!(await holdsRun(tx, run))) throw new LostRun()
    return write(tx)
  })

/** This attempt no longer owns its run: it was cancelled, or another worker took it over. Whatever it did is rolled back. */
export class LostRun extends Error {
  constructor() {
    super('this attempt no longer owns the run')
  }
}
