import cron from 'node-cron'
import type { Logger } from '#server/platform/logger.ts'
import { guarded } from './guarded.ts'

/** Never as a minute begins: jobs are due then, and nothing is to stand in their way. */
export const EVERY_FIVE_SECONDS = '3-59/5 * * * * *'

/**
 * A turn of the clock: never two of one kind at once, and one that fails is told and does not stop the next. node-cron would say on
 * the console that it left a turn out, where it is only that a machine is busy.
 */
export function every(expression: string, logger: Logger, what: string, work: () => Promise<unknown>) {
  const told = { info: () => {}, warn: (text: string) => logger.debug(text), error: () => {}, debug: () => {} }
  return cron.schedule(expression, () => guarded(logger, what, work), { noOverlap: true, logger: told })
}
