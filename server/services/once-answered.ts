import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from '#db/failures.ts'

const ANSWER_TRIES = 30
const ANSWER_EVERY_MS = 1_000

/** What failed a run or a delivery is often the database itself, which then cannot be told either: asked again, well before it is taken for stuck. */
export async function onceAnswered<T>(work: () => Promise<T>, stop?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseAway(error) || tries === ANSWER_TRIES || stop?.aborted) throw error
      await sleep(ANSWER_EVERY_MS)
    }
  }
}
