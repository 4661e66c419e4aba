import { isDeadlock } from '#db/failures.ts'

const TRIES_MAX = 5

/**
 * A run writes its verdicts before it waits to publish; a rollback publishes first. Where both are about the same records one of them is
 * undone, and the run that was in the way has ended when the rollback is carried out again.
 */
export async function despiteDeadlocks<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isDeadlock(error) || tries === TRIES_MAX) throw error
    }
  }
}
