import cron from 'node-cron'
import type { Logger } from '#server/platform/logger.ts'
import { guarded } from './guarded.ts'

/** Never as a minute begins: jobs are due then, and nothing is to stand in their way. */
export const EVERY_FIVE_SECONDS = '3-59/5 * * * * *'

const LOOK_MS = 1_000
const BACK_MS_MIN = 2_000

/**
 * A turn of the clock: never two of one kind at once, and one that fails is told and does not stop the next. node-cron would say on
 * the console that it left a turn out, where it is only that a machine is busy; and when the clock of the machine is set back it
 * would wait until that is as late again as it was.
 */
export function every(expression: string, logger: Logger, what: string, work: () => Promise<unknown>): { stop(): void } {
  const told = { info: () => {}, warn: (text: string) => logger.debug(text), error: () => {}, debug: () => {} }
  // node-cron forgets a turn that goes on when it starts anew.
  let going: Promise<void> | null = null
  const turn = () => {
    going ??= guarded(logger, what, work).finally(() => {
      going = null
    })
    return going
  }
  const task = cron.schedule(expression, turn, { noOverlap: true, logger: told })
  let ahead = aheadMs()
  const look = setInterval(() => {
    const before = ahead
    ahead = aheadMs()
    if (before - ahead < BACK_MS_MIN) return
    logger.warn({ backMs: Math.round(before - ahead) }, `the clock of this machine was set back: ${what} starts anew`)
    void task.stop()
    void task.start()
  }, LOOK_MS)
  return {
    stop() {
      clearInterval(look)
      void task.stop()
    },
  }
}

/** Of the time that nobody can set. */
const aheadMs = () => Date.now() - performance.now()
